// Takes off the page what a flow has put on it. JavaScript, because after a trap no Rust code runs any more.

/**
 * Undoes everything, what came last first. An entry is a call, `[object, method, ...arguments]`, or a style
 * sheet of the document.
 */
export function undo(entries) {
  while (entries.length) {
    const entry = entries.pop();
    if (Array.isArray(entry)) {
      const [object, method, ...args] = entry;
      object[method](...args);
    } else {
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== entry);
    }
  }
}
