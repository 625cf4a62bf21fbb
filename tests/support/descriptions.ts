/** Session descriptions for where no browser reads them: as much as Shoal itself looks at. */

/** Of a connection for data whose end shows a certificate with that fingerprint. */
export function aDescription(fingerprint = "AB:CD:EF:01"): string {
  const lines = [
    "v=0",
    `a=fingerprint:sha-256 ${fingerprint}`,
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
  ];
  return lines.map((line) => `${line}\r\n`).join("");
}
