/** Moments that are drawn: a browser is killed while its page loads, while the share goes on, or while pieces come. */
import type { Device } from "../support/device.ts";
import type { Random } from "../support/random.ts";
import type { ShoalPage } from "../support/shoal-page.ts";
import { waitFor } from "../support/wait.ts";
import { EARLIEST_KILL, LATEST_KILL } from "./constants.ts";

/**
 * Opens an address on a device, and kills its browser at a drawn moment after that. `look` is called again and again
 * until then, with the page once it is open.
 */
export async function killAtMoment(
  device: Device,
  url: string,
  random: Random,
  look: (page: ShoalPage | null) => Promise<unknown>,
): Promise<void> {
  const moment = performance.now() + random.between(EARLIEST_KILL, LATEST_KILL);
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
      await look(page);
      return false;
    },
    { describe: "the moment of the kill" },
  );
  await device.kill();
  await opening;
}
