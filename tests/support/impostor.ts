/**
 * Somebody who would take a peer's place: a bare connection in a page of its own, with the stream that Shoal's bytes go over.
 * Keeps what it hears there.
 */
import type { Page } from "puppeteer-core";
import type { TestBrowser } from "./browsers.ts";

/** Stands on its page as `window.impostor`. */
interface Standing {
  readonly connection: RTCPeerConnection;
  readonly bulk: RTCDataChannel;
  readonly heard: number[];
}

export class Impostor {
  readonly #page: Page;

  private constructor(page: Page) {
    this.#page = page;
  }

  /** `url`: any page that may make connections. */
  static async open(browser: TestBrowser, url: string): Promise<Impostor> {
    const page = await browser.newPage(url);
    await page.evaluate(() => {
      const connection = new RTCPeerConnection();
      const bulk = connection.createDataChannel("bulk", { negotiated: true, id: 64 });
      const heard: number[] = [];
      bulk.binaryType = "arraybuffer";
      bulk.onmessage = ({ data }) => heard.push(data.byteLength ?? data.length);
      Object.assign(window, { impostor: { connection, bulk, heard } });
    });
    return new Impostor(page);
  }

  /** Its offer, or its answer to one, with all candidates. */
  describe(offer: string | null): Promise<string> {
    return this.#page.evaluate(async (sdp) => {
      const { connection }: Standing = Reflect.get(window, "impostor");
      if (sdp !== null) await connection.setRemoteDescription({ type: "offer", sdp });
      await connection.setLocalDescription();
      while (connection.iceGatheringState !== "complete")
        await new Promise((resolve) =>
          connection.addEventListener("icegatheringstatechange", resolve, { once: true }),
        );
      return connection.localDescription!.sdp;
    }, offer);
  }

  async take(signal: { type: string; sdp?: string; candidates?: RTCIceCandidateInit[] }): Promise<void> {
    await this.#page.evaluate(async ({ type, sdp, candidates = [] }) => {
      const { connection }: Standing = Reflect.get(window, "impostor");
      if (type === "answer") await connection.setRemoteDescription({ type, sdp: sdp! });
      for (const candidate of candidates) await connection.addIceCandidate(candidate).catch(() => {});
    }, signal);
  }

  /** How its stream is, and the lengths of the messages that came over it. */
  state(): Promise<{ bulk: RTCDataChannelState; heard: number[] }> {
    return this.#page.evaluate(() => {
      const { bulk, heard }: Standing = Reflect.get(window, "impostor");
      return { bulk: bulk.readyState, heard };
    });
  }

  close(): Promise<void> {
    return this.#page.close();
  }
}
