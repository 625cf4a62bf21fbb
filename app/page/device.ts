/**
 * The device that the window is on is a desktop or a phone; a phone bears fewer connections. Browsers tell the kind
 * of device in different ways, and some do not tell it.
 */

import { PHONE_MEMORY } from "./constants.ts";

/** The traits of a device, as far as its browser tells them. */
export interface DeviceTraits {
  /** `navigator.userAgentData.mobile`; undefined in Firefox and Safari. */
  readonly mobile: boolean | undefined;
  /** The primary pointer is a finger. */
  readonly touched: boolean;
  /** GiB, rounded; undefined in Firefox and Safari. */
  readonly memory: number | undefined;
}

/** Chromium's own, which TypeScript does not know. */
interface ChromiumNavigator {
  readonly userAgentData?: { readonly mobile: boolean };
  readonly deviceMemory?: number;
}

export function deviceTraits(): DeviceTraits {
  const { userAgentData, deviceMemory } = navigator as ChromiumNavigator;
  const touched = matchMedia("(pointer: coarse)").matches;
  return { mobile: userAgentData?.mobile, touched, memory: deviceMemory };
}

/**
 * A device that is pointed at with a finger is a phone, unless it has much memory, as tablets do. If its memory is
 * not told, it is a phone.
 */
export function deviceKind({ mobile, touched, memory }: DeviceTraits): "desktop" | "phone" {
  if (mobile === true) return "phone";
  return touched && (memory ?? 0) <= PHONE_MEMORY ? "phone" : "desktop";
}
