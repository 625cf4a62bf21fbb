/**
 * Transferred text is what a drop or a paste holds besides files: an address that was dragged from a page, or selected
 * text. Whether it is a link of Shoal is left to the caller.
 */

/** The text, trimmed; null when there is none. Of an address and its title, the address. */
export function transferredText(data: DataTransfer): string | null {
  const [address] = data
    .getData("text/uri-list")
    .split(/\r?\n/)
    .filter((line) => line !== "" && !line.startsWith("#"));
  // The address of a dropped file says nothing to anybody else.
  if (address !== undefined && !/^file:/i.test(address)) return address.trim();
  const text = data.getData("text/plain").trim();
  return text === "" || /^file:\S*$/i.test(text) ? null : text;
}
