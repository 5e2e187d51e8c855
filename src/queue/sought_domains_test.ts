import { expect, test } from "bun:test";
import { SoughtDomains } from "./sought_domains.ts";

/** No part of the address behind it, though the two would make one that is sought. */
const BEFORE = "x@one.";

/** Asks for an address as bytes within others, and as a string; both must say the same. */
function ask(domains: SoughtDomains, address: string): boolean {
  const bytes = Buffer.from(`${BEFORE}${address}@behind.example`, "latin1");
  const start = BEFORE.length;
  const answer = domains.hasAddressIn(bytes, start, start + address.length);
  expect(domains.hasAddress(address)).toBe(answer);
  return answer;
}

const rows: ReadonlyArray<readonly [address: string, isSought: boolean]> = [
  ["user@one.example", true],
  ["user@two.example", false],
  ["other@one.example", true],
  ["@one.example", true],
  ["a@two.example@one.example", true],
  ["a@one.example@two.example", false],
  ["one.example", false],
  ["example", false],
  ["", false],
  ["user@", false],
  ["user@one.exampl", false],
  ["user@xone.example", false],
  ["user@ONE.example", false],
  ["user@caf\xe9.example", true],
];

test("the domain behind the last @ decides, asked for once or again", () => {
  const domains = new SoughtDomains((domain) =>
    ["one.example", "caf\xe9.example"].includes(domain),
  );
  for (const [address, isSought] of [...rows, ...rows]) {
    expect([address, ask(domains, address)]).toEqual([address, isSought]);
  }
});

test("two domains with the same hash are two", () => {
  // By the hash of queue_id_set.ts, from the last byte to the first; found by trying.
  const [one, other] = ["lzug.example", "pa25.example"];
  for (const sought of [one, other]) {
    const domains = new SoughtDomains((domain) => domain === sought);
    expect([one, other, one].map((each) => ask(domains, `user@${each}`))).toEqual(
      [one, other, one].map((each) => each === sought),
    );
  }
});

test("a domain is asked for once, however many addresses are there, and again when many others came between", () => {
  const asked: string[] = [];
  const domains = new SoughtDomains((domain) => asked.push(domain) > 0);
  const askBytes = (address: string): void => {
    const bytes = Buffer.from(address, "latin1");
    domains.hasAddressIn(bytes, 0, bytes.length);
  };
  askBytes("a@one.example");
  askBytes("b@one.example");
  expect(asked).toEqual(["one.example"]);
  for (let number = 0; number < 1000; number++) {
    askBytes(`a@${number}.example`);
  }
  askBytes("c@one.example");
  expect(asked.filter((domain) => domain === "one.example")).toHaveLength(2);
});
