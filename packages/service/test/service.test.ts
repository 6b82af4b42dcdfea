import { ConfigError } from "@hybrid/kernel";
import { text } from "@hybrid/settings";
import { expect, test } from "vitest";
import { defineService, listenError, noSettings, ownHttp, plainSettings } from "../src/index.ts";

const part = ownHttp({
  address: { host: "PAGES_HOST", port: "PAGES_PORT" },
  open: () => Promise.reject(new Error("is not opened here")),
});
const good = { name: "pages", purpose: "Shows pages.", settings: noSettings, parts: [part] };

test("a service with a name, a purpose and parts is given back unchanged", () => {
  expect(defineService(good)).toBe(good);
});

test("every fault of a service is named at once", () => {
  const bad = { ...good, name: "Pages", purpose: "pages", parts: [] };
  expect(() => defineService(bad)).toThrow(
    'service name "Pages" is not kebab-case; the purpose of Pages is no sentence; Pages has no parts',
  );
});

test("settings are read with every fault at once, and are what the parts are given", () => {
  const settings = plainSettings("pages", {
    PAGES_TITLE: text({ meaning: "The title." }),
    PAGES_FOOTER: text({ meaning: "The footer." }),
  });
  expect(settings.read({ PAGES_TITLE: "a", PAGES_FOOTER: "b" })).toEqual({
    PAGES_TITLE: "a",
    PAGES_FOOTER: "b",
  });
  expect(() => settings.read({})).toThrow(/PAGES_TITLE.*PAGES_FOOTER/s);
});

test("an address that cannot be listened on is told by the setting that names it", () => {
  const address = { host: "127.0.0.1", port: 80, settings: part.address };
  const error = (code: string): unknown =>
    listenError(Object.assign(new Error("listen"), { code }), "pages cannot start", address);
  expect(error("EACCES")).toBeInstanceOf(ConfigError);
  expect(String((error("EADDRINUSE") as ConfigError).faults)).toContain("PAGES_PORT: another process");
  expect(String((error("ENOTFOUND") as ConfigError).faults)).toContain("PAGES_HOST: is no address");
  expect(error("EMFILE")).toMatchObject({ code: "EMFILE" });
});
