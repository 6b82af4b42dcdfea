import { userDirectory } from "@hybrid/contracts";
import type { UsersPage } from "@hybrid/control-hub-page/api";
import { actorIdOf, sealedFor } from "@hybrid/kernel";
import { sealValue } from "@hybrid/sealing";
import pino from "pino";
import { expect, onTestFinished, test, vi } from "vitest";
import { AddressBlock } from "../src/adapters/address-block.ts";
import { AddressBook } from "../src/adapters/address-book.ts";
import { AddressBooks } from "../src/adapters/address-books.ts";
import { entry, scene } from "./scene.ts";

const many = (count: number): Readonly<Record<string, ReturnType<typeof entry>>> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, n) => [
      `acme/u-${n}`,
      entry({ mailAddress: `user.${String(n).padStart(4, "0")}@acme.example` }),
    ]),
  );

const ids = ({ rows }: UsersPage): readonly string[] => rows.map(({ id }) => id);

test("a search goes through every page of a book, behind each cursor, also while it is being read", async () => {
  const { get, signIn, write } = await scene();
  await write(userDirectory, many(2_500));
  const browser = await signIn();
  const search = async (query: string): Promise<UsersPage> =>
    (await get(browser, `/api/o/acme/users?${query}`)).json();
  // The last of them stands on the third page, and nobody has looked at users before.
  expect(ids(await search("search=USER.2499"))).toEqual(["2499"]);
  const seen: string[] = [];
  let cursor = "";
  do {
    const page = await search(`search=user.1&limit=90${cursor}`);
    expect(page).toMatchObject({ count: 1_000, isCountExact: true });
    seen.push(...ids(page));
    cursor = page.next === null ? "" : `&cursor=${page.next}`;
  } while (cursor !== "");
  expect(seen).toEqual(Array.from({ length: 1_000 }, (_, n) => String(1_000 + n)));
  expect(ids(await search("search=user.2&state=notActivated&limit=3"))).toEqual(["2000", "2001", "2002"]);
  expect(await search("search=user.2&state=active")).toMatchObject({ rows: [], next: null, count: 0 });
});

test("who comes, goes, or has another address is found by what is so now", async () => {
  const { get, signIn, write } = await scene();
  await write(userDirectory, many(20));
  const browser = await signIn();
  const found = async (text: string): Promise<readonly string[]> =>
    ids((await get(browser, `/api/o/acme/users?search=${text}`)).json());
  expect(await found("user.0007")).toEqual(["7"]);
  await write(userDirectory, {
    "acme/u-7": entry({ mailAddress: "renamed@acme.example" }),
    "acme/u-8": null,
    "acme/u-new": entry({ mailAddress: "user.0007.second@acme.example" }),
  });
  await vi.waitFor(async () => expect(await found("user.0007")).toEqual(["new"]));
  expect([await found("renamed"), await found("user.0008")]).toEqual([["7"], []]);
});

test("many changes are put in order with the others, and nobody is told twice", async () => {
  const { views, write } = await scene();
  await write(userDirectory, many(6_000));
  const book = new AddressBook(views.organisations, "acme");
  await book.load(new AbortController().signal);
  const keys = Array.from({ length: 5_500 }, (_, n) => `acme/u-${n}`);
  const going = book.matches("user.", null);
  const first = going.next().value;
  await book.change(keys);
  expect(first?.key).toBe("acme/u-0");
  const all = [...book.matches("user.", null)].map(({ key }) => key);
  expect(all).toEqual(Array.from({ length: 6_000 }, (_, n) => `acme/u-${n}`));
  // A reader that had begun before goes on through what was there then.
  expect([...going]).toHaveLength(5_999);
});

test("what was opened is forgotten with its owner's keys, and when nobody has searched for a while", async () => {
  const { views, write, vault, clock } = await scene();
  const zoe = actorIdOf("acme/u-zoe");
  const given = { ...entry({ mailAddress: "" }), sealedMailAddress: sealedFor(zoe, "zoe@acme.example") };
  await write(userDirectory, { [zoe]: sealValue(given, vault) as never });
  const logger = pino({ level: "silent" });
  const books = new AddressBooks({ view: views.organisations, scheduler: clock, logger });
  onTestFinished(() => books.close());
  const book = books.of("acme");
  await vi.waitFor(() => expect(book.isWhole).toBe(true));
  expect([...book.matches("zoe@", null)]).toHaveLength(1);
  vault.erase(zoe);
  clock.advanceBy(60_001);
  await book.change([zoe]);
  expect([...book.matches("zoe@", null)]).toEqual([]);
  expect(books.of("acme")).toBe(book);
  clock.advanceBy(30 * 60_000);
  expect(books.of("acme")).not.toBe(book);
});

test("addresses are found wherever they stand in a block, and a search never goes over an address's end", () => {
  const addresses = ["ann@a.example", "bo@a.example", "", "bo@a.example", "with\nbreak@a.example"];
  const block = new AddressBlock(
    addresses.map((address, n) => ({ key: `acme/u-${n}`, column: address, address })),
  );
  const all = (text: string): readonly number[] => {
    const found: number[] = [];
    for (let n = block.find(text, 0); n !== undefined; n = block.find(text, n + 1)) found.push(n);
    return found;
  };
  expect(all("a.example")).toEqual([0, 1, 3, 4]);
  expect(all("ann@a.example")).toEqual([0]);
  expect(all("bo@")).toEqual([1, 3]);
  expect([all(""), all("example\nbo"), all("nobody")]).toEqual([[0, 1, 2, 3, 4], [], []]);
  expect(all("with break")).toEqual([4]);
});
