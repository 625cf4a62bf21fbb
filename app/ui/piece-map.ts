/**
 * `<shoal-piece-map>` shows which pieces are here, and how many connected peers have the others. It paints them on a
 * canvas and tells them in a sentence. Pieces are gathered into cells by piece-cells.ts.
 */

import { css, html, LitElement, type PropertyValues } from "lit";
import type { ShareSnapshot } from "../bridge/commands.ts";
import { PIECE_CELL, PIECE_GAP, PIECE_ROWS } from "./constants.ts";
import { type PieceCell, pieceCells } from "./piece-cells.ts";
import { baseStyles } from "./styles.ts";
import { pieceSentence } from "./words/pieces.ts";
import { sizeInWords } from "./words/quantities.ts";

export class PieceMapElement extends LitElement {
  static override properties = { share: { attribute: false } };
  static override styles = [
    baseStyles,
    css`
      header {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        gap: 0.125rem 1rem;
        margin-bottom: 0.625rem;
      }
      canvas {
        display: block;
        width: 100%;
      }
      p {
        margin-top: 0.5rem;
      }
    `,
  ];
  declare share: ShareSnapshot;
  readonly #resized: ResizeObserver;
  readonly #dark: MediaQueryList;
  readonly #recolour: () => void;
  /** CSS pixels, as the browser told when it laid the page out. Asking it would lay the page out once more. */
  #width: number;
  #colours: Colours | null;
  /** The animation frame that will paint, or 0. */
  #frame: number;

  constructor() {
    super();
    this.#width = 0;
    this.#colours = null;
    this.#frame = 0;
    this.#resized = new ResizeObserver((entries) => {
      this.#width = entries.at(-1)!.contentRect.width;
      this.#paint();
    });
    this.#recolour = () => {
      this.#colours = null;
      this.#paintSoon();
    };
    this.#dark = window.matchMedia("(prefers-color-scheme: dark)");
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resized.observe(this);
    this.#dark.addEventListener("change", this.#recolour);
  }

  override disconnectedCallback(): void {
    this.#resized.disconnect();
    this.#dark.removeEventListener("change", this.#recolour);
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    super.disconnectedCallback();
  }

  /** Renders only if the pieces changed. Most updates leave them as they were, and there may be very many. */
  override shouldUpdate(changed: PropertyValues<this>): boolean {
    const before = changed.get("share");
    const shown = ["have", "availability", "pieceCount", "pieceLength", "fromFiles"] as const;
    return before === undefined || shown.some((key) => before[key] !== this.share[key]);
  }

  override render() {
    const sentence = pieceSentence(this.share);
    return html`<header>
        <h2>Pieces</h2>
        <span class="muted small numbers">${sizeInWords(this.share.pieceLength)} each</span>
      </header>
      <canvas role="img" aria-label="Map of pieces. ${sentence}" data-test="piece-map"></canvas>
      <p class="muted small numbers">${sentence}</p>`;
  }

  override updated(): void {
    this.#paintSoon();
  }

  /** Paints once a frame at most, and not at all while the page is hidden. */
  #paintSoon(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#paint();
    });
  }

  #paint(): void {
    const canvas = this.renderRoot.querySelector("canvas");
    if (canvas === null || this.#width === 0 || this.share.pieceCount === 0) return;
    const columns = Math.max(1, Math.floor((this.#width + PIECE_GAP) / PIECE_CELL));
    const { have, availability, pieceCount } = this.share;
    const stored = this.share.fromFiles ? new Uint8Array(Math.ceil(pieceCount / 8)).fill(0xff) : have;
    const cells = pieceCells(stored, availability, pieceCount, columns * PIECE_ROWS);
    const height = Math.ceil(cells.length / columns) * PIECE_CELL - PIECE_GAP;
    const scale = window.devicePixelRatio;
    const context = canvas.getContext("2d")!;
    fitCanvas(canvas, this.#width, height, scale);
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, this.#width, height);
    this.#colours ??= readColours(this);
    paintCells(context, cells, columns, this.#colours);
  }
}

/** The colours that cells are painted with, as CSS writes them. */
interface Colours {
  readonly accent: string;
  readonly empty: string;
  readonly outline: string;
}

function readColours(element: Element): Colours {
  const style = getComputedStyle(element);
  return {
    accent: style.getPropertyValue("--accent"),
    empty: style.getPropertyValue("--track"),
    outline: style.getPropertyValue("--control-line"),
  };
}

/**
 * Gives the canvas its size, in CSS pixels. A size that is right already is left alone, as each change lays the page
 * out.
 */
function fitCanvas(canvas: HTMLCanvasElement, width: number, height: number, scale: number): void {
  const pixels = { width: Math.round(width * scale), height: Math.round(height * scale) };
  if (canvas.width !== pixels.width) canvas.width = pixels.width;
  if (canvas.height !== pixels.height) canvas.height = pixels.height;
  if (canvas.style.height !== `${height}px`) canvas.style.height = `${height}px`;
}

/** A stored cell is solid. A missing cell is the darker the more peers have it, and an outline when nobody has it. */
function paintCells(
  context: CanvasRenderingContext2D,
  cells: readonly PieceCell[],
  columns: number,
  { accent, empty, outline }: Colours,
): void {
  const side = PIECE_CELL - PIECE_GAP;
  cells.forEach((cell, index) => {
    const x = (index % columns) * PIECE_CELL;
    const y = Math.floor(index / columns) * PIECE_CELL;
    context.globalAlpha = 1;
    if (cell.have < 1 && cell.rarest === 0) {
      context.strokeStyle = outline;
      context.strokeRect(x + 0.5, y + 0.5, side - 1, side - 1);
    } else {
      context.fillStyle = empty;
      context.fillRect(x, y, side, side);
    }
    context.fillStyle = accent;
    if (cell.have < 1 && cell.rarest > 0) {
      context.globalAlpha = 0.12 + 0.06 * Math.min(4, cell.rarest);
      context.fillRect(x, y, side, side);
      context.globalAlpha = 1;
    }
    // A cell of several pieces fills from below.
    const filled = side * cell.have;
    context.fillRect(x, y + side - filled, side, filled);
  });
}
