// The Python call behind the mask on screen, and ways to take it away.
import { openDialog } from "./dialogs.js";
import { h, say } from "./dom.js";

const FORMS = [
  ["cell", "notebook cell"],
  ["python", "script"],
  ["command", "command line"],
  ["recipe", "recipe (JSON)"],
];

export class CallLine {
  /** `ask()` has the kernel send the code of the card; `tell(sentence)` says that it is copied. */
  constructor(ask, tell) {
    Object.assign(this, { ask, tell, wanted: null });
    this.code = h("code", { "data-call": "", tabindex: 0, "aria-label": "the Python call" });
    this.forms = h("select", { "aria-label": "copy the call as", onchange: () => this.choose() });
    this.forms.append(h("option", { value: "" }, "copy as…"), ...FORMS.map(([value, text]) => h("option", { value }, text)));
    this.element = h("div", { class: "wb-call" }, this.code, this.forms);
  }

  show({ call }) {
    if (call) say(this.code, call);
  }

  choose() {
    this.wanted = this.forms.value;
    this.forms.value = "";
    if (this.wanted) this.ask();
  }

  /** The code came: copy the form that was chosen; where the browser forbids it, show it to be copied by hand. */
  async take(content) {
    const [form, text] = FORMS.find(([name]) => name === this.wanted) ?? [];
    this.wanted = null;
    if (!form) return;
    try {
      await navigator.clipboard.writeText(content[form]);
      this.tell(`The ${text} is on the clipboard.`);
    } catch {
      const field = h("textarea", { class: "wb-link", readonly: true, rows: 8, "aria-label": text });
      field.value = content[form];
      openDialog(`Copy this ${text}`, field);
      field.select();
    }
  }
}
