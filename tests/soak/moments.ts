/** Moments that are drawn: a browser is killed while its page loads, while the share goes on, or while pieces come. */
import type { Device } from "../support/device.ts";
import type { Random } from "../support/random.ts";
import type { ShoalPage } from "../support/shoal-page.ts";
import { waitFor } from "../support/wait.ts";
import { EARLIEST_KILL, KILLS_FROM_OPENING, LATEST_KILL, PATIENCE } from "./constants.ts";

/**
 * Opens an address on a device, and kills its browser at a drawn moment. The moment is counted from the opening, or from
 * when something came: `look` is called again and again until the kill, with the page once it is open, and says so.
 */
export async function killAtMoment(
  device: Device,
  url: string,
  random: Random,
  look: (page: ShoalPage | null) => Promise<boolean>,
): Promise<void> {
  const isCountedFromOpening = random.next() < KILLS_FROM_OPENING;
  const delay = random.between(EARLIEST_KILL, LATEST_KILL);
  let moment = isCountedFromOpening ? performance.now() + delay : Number.POSITIVE_INFINITY;
  let page: ShoalPage | null = null;
  // The kill may come before the page is open.
  const opening = device.open(url).then(
    (opened) => {
      page = opened;
    },
    () => {},
  );
  await waitFor(
    async () => {
      if (performance.now() >= moment) return true;
      if (await look(page)) moment = Math.min(moment, performance.now() + delay);
      return false;
    },
    { describe: "the moment of the kill", timeout: PATIENCE },
  );
  await device.kill();
  await opening;
}
