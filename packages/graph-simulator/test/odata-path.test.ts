import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalUrl } from "../src/odata/path.ts";

test.each([
  ["/v1.0/users('a')/events('b')", "/v1.0/users/a/events/b"],
  [
    "/v1.0/users/a/calendarView/delta()?$deltatoken=x('y')",
    "/v1.0/users/a/calendarView/delta?$deltatoken=x('y')",
  ],
  ["/v1.0/users/a/calendarView/microsoft.graph.delta()", "/v1.0/users/a/calendarView/delta"],
  ["/v1.0/users/a/events/b/microsoft.graph.accept", "/v1.0/users/a/events/b/accept"],
  ["/v1.0/users('sh.o''neal%40contoso.example')", "/v1.0/users/sh.o'neal%40contoso.example"],
  ["/v1.0/users(%27a%27)", "/v1.0/users/a"],
  ["/v1.0/users/a/events/AAMk%2Fx%3D", "/v1.0/users/a/events/AAMk%2Fx%3D"],
  ["/v1.0/users/%E0%A4%A/x", "/v1.0/users/%E0%A4%A/x"],
])("%s is %s", (given, canonical) => {
  expect(canonicalUrl(given)).toBe(canonical);
});

test("a key in brackets is the key of the path form, whatever is in it", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (key) => {
      const url = canonicalUrl(`/users(${encodeURIComponent(`'${key.replaceAll("'", "''")}'`)})/x`);
      const [, , segment = ""] = url.split("/");
      expect(decodeURIComponent(segment)).toBe(key);
    }),
  );
});
