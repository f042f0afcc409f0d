// The style sheets that CodeMirror makes, adopted by the document. The module that this one stands in for (style-mod)
// would write <style> into the page, which the content security policy of the pages does not allow.

import { StyleModule as Rules } from "../node_modules/style-mod/src/style-mod.js";

const mounted = new WeakMap();

export class StyleModule extends Rules {
  // Modules that stand later win over those before them.
  static mount(root, modules) {
    const known = mounted.get(root) ?? { sheet: new CSSStyleSheet(), modules: [] };
    const wanted = [modules].flat();
    if (wanted.every((module) => known.modules.includes(module))) return;
    known.modules = [...known.modules.filter((module) => !wanted.includes(module)), ...wanted];
    known.sheet.replaceSync(known.modules.map((module) => module.getRules()).join("\n"));
    if (!mounted.has(root)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, known.sheet];
    mounted.set(root, known);
  }
}
