/**
 * Writes requests, as Postfix's own clients write them. Pure; for clients and tests.
 */
import { stringToBytes } from "../names/byte_string.ts";
import type { FlushRequest } from "./request.ts";
import { REQUEST_ATTRIBUTE, REQUEST_KINDS, type RequestKind } from "./request_kinds.ts";

/** The attribute list of a request. A NUL in a value would end it early: that is a bug, and throws. */
export function encodeRequest(request: FlushRequest): Uint8Array {
  const kind: RequestKind = REQUEST_KINDS[request.name];
  const values = kind.values(request);
  let text = `${REQUEST_ATTRIBUTE}\0${kind.wireNames[0]}\0`;
  for (const [index, attribute] of kind.attributes.entries()) {
    const value = values[index];
    if (value === undefined || value.includes("\0")) {
      throw new RangeError(`encode ${request.name} request: bad value of attribute ${attribute}`);
    }
    text += `${attribute}\0${value}\0`;
  }
  return stringToBytes(`${text}\0`);
}
