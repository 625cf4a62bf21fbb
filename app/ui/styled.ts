/**
 * `styled` is a directive that sets style properties of an element through the CSSOM. Lit's styleMap writes a style
 * attribute first, which the content security policy refuses.
 */

import { noChange } from "lit";
import { Directive, directive, type ElementPart, type PartInfo, PartType } from "lit/directive.js";

class StyledDirective extends Directive {
  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ELEMENT) throw new Error("styled() belongs on an element");
  }

  render(_properties: Readonly<Record<string, string>>): typeof noChange {
    return noChange;
  }

  override update(part: ElementPart, [properties]: [Readonly<Record<string, string>>]): typeof noChange {
    const { style } = part.element as HTMLElement;
    for (const [name, value] of Object.entries(properties)) {
      if (style.getPropertyValue(name) !== value) style.setProperty(name, value);
    }
    return noChange;
  }
}

/** Takes properties by their CSS names, custom properties included: `<div ${styled({ width: "40%" })}>`. */
export const styled = directive(StyledDirective);
