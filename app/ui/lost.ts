/**
 * Losses are noticed and told here: shares that the browser deleted by itself (page/kept-shares.ts). Their
 * element is loaded when there are any.
 */

import {
  html,
  nothing,
  type ReactiveController,
  type ReactiveControllerHost,
  type TemplateResult,
} from "lit";
import type { NodeSnapshot } from "../bridge/commands.ts";
import { KeptShares } from "../page/kept-shares.ts";
import { RemovingEvent } from "./requests.ts";

export class Lost implements ReactiveController {
  readonly #host: ReactiveControllerHost & EventTarget;
  readonly #kept: KeptShares;

  constructor(host: ReactiveControllerHost & EventTarget) {
    this.#host = host;
    this.#kept = new KeptShares(() => localStorage);
    host.addController(this);
  }

  hostConnected(): void {
    this.#host.addEventListener(RemovingEvent.type, this.#handleRemoving);
  }

  hostDisconnected(): void {
    this.#host.removeEventListener(RemovingEvent.type, this.#handleRemoving);
  }

  handleSnapshot(snapshot: NodeSnapshot | null): void {
    if (snapshot !== null) this.#kept.handleSnapshot(snapshot);
    // Nothing is shown until it is loaded. A later snapshot tries again.
    if (this.#kept.lost.length > 0) import("./lost-shares.ts").catch(() => {});
  }

  render(): TemplateResult | typeof nothing {
    if (this.#kept.lost.length === 0) return nothing;
    return html`<shoal-lost-shares .lost=${this.#kept.lost} @dismiss=${this.#dismiss}></shoal-lost-shares>`;
  }

  #handleRemoving = (event: Event): void => {
    this.#kept.forget((event as RemovingEvent).id);
  };

  #dismiss = (): void => {
    this.#kept.dismiss();
    this.#host.requestUpdate();
  };
}
