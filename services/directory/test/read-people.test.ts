import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readPeople } from "../src/adapters/read-people.ts";

const objectId = (each: number): string => `a0000000-0000-4000-8000-${String(each).padStart(12, "0")}`;
const tenantId = "10000000-0000-4000-8000-000000000001";
const header = "objectId,tenantId,mailAddress";

describe("csv", () => {
  test("three columns are enough: enabled, not on a connector, named by the object id", () => {
    const text = `${header}\n${objectId(1).toUpperCase()},${tenantId},Ada@acme.example\n`;
    expect(readPeople(text, "csv")).toEqual({
      people: [
        {
          line: 2,
          userId: objectId(1),
          enabled: true,
          person: { objectId: objectId(1), tenantId, mailAddress: "Ada@acme.example", connector: null },
        },
      ],
      faults: [],
    });
  });

  test("an address with an apostrophe is an address like any other", () => {
    const { people, faults } = readPeople(
      `${header}\n${objectId(1)},${tenantId},o'brien@acme.example`,
      "csv",
    );
    expect(faults).toEqual([]);
    expect(people[0]!.person.mailAddress).toBe("o'brien@acme.example");
  });

  test("semicolons, a byte order mark, CRLF and quotes are read as spreadsheets write them", () => {
    const columns = "userId;objectId;tenantId;mailAddress;enabled;connector;resourceGroup";
    const rows = [
      `ada;${objectId(1)};${tenantId};ada@acme.example;FALSE;yes;"Pilot; north"`,
      `bo;${objectId(2)};${tenantId};bo@acme.example;true;yes;`,
      `cy;${objectId(3)};${tenantId};cy@acme.example;;no;`,
    ];
    const { people, faults } = readPeople(`\uFEFF${[columns, ...rows].join("\r\n")}\r\n`, "csv");
    expect(faults).toEqual([]);
    expect(people.map(({ userId, enabled, person }) => [userId, enabled, person.connector])).toEqual([
      ["ada", false, { resourceGroup: "Pilot; north" }],
      ["bo", true, { resourceGroup: null }],
      ["cy", true, null],
    ]);
  });

  test("every fault is told with its line and field, and the good lines are read", () => {
    const rows = [
      "userId,objectId,tenantId,mailAddress,enabled,connector,resourceGroup",
      `ada,${objectId(1)},${tenantId},ada@acme.example,true,no,`,
      `b/o,not-a-guid,${tenantId},bo@acme,maybe,perhaps,`,
      "",
      `cy,${objectId(3)},,cy@acme.example,true,no,pilot`,
      `dee,${objectId(4)},${tenantId}`,
      `eve,${objectId(5)},${tenantId},eve@acme.example,true,no,`,
    ];
    const { people, faults } = readPeople(rows.join("\n"), "csv");
    expect(people.map(({ userId, line }) => [userId, line])).toEqual([
      ["ada", 2],
      ["eve", 7],
    ]);
    expect(faults.map(({ line, field }) => [line, field])).toEqual([
      [3, "userId"],
      [3, "objectId"],
      [3, "mailAddress"],
      [3, "enabled"],
      [3, "connector"],
      [5, "tenantId"],
      [5, "resourceGroup"],
      [6, ""],
    ]);
    expect(faults[5]!.message).toBe("tenantId must be a GUID such as Microsoft Entra shows it");
  });

  test("a resource group without connector is a fault", () => {
    const text = `${header},resourceGroup\n${objectId(1)},${tenantId},ada@acme.example,pilot`;
    expect(readPeople(text, "csv").faults).toMatchObject([{ line: 2, field: "resourceGroup" }]);
  });

  test("a mistyped, missing or doubled column refuses people instead of defaulting quietly", () => {
    const row = `${objectId(1)},${tenantId},ada@acme.example,false`;
    const mistyped = readPeople(`${header},enable\n${row}`, "csv");
    expect(mistyped).toMatchObject({ people: [], faults: [{ line: 1, field: "enable" }] });
    const doubled = readPeople(`${header},tenantId\n${row}`, "csv");
    expect(doubled).toMatchObject({ people: [], faults: [{ line: 1, field: "tenantId" }] });
    const lacking = readPeople(`objectId,mailAddress\n${objectId(1)},ada@acme.example`, "csv");
    expect(lacking).toMatchObject({
      people: [],
      faults: [{ line: 2, field: "tenantId", message: "tenantId is missing" }],
    });
  });

  test("the second of two people with the same user, object or address is refused, whatever the case", () => {
    const rows = [
      `userId,${header}`,
      `ada,${objectId(1)},${tenantId},ada@acme.example`,
      `bo,${objectId(2)},${tenantId},ADA@acme.example`,
      `cy,${objectId(1)},${tenantId},cy@acme.example`,
      `ada,${objectId(4)},${tenantId},dee@acme.example`,
    ];
    const { people, faults } = readPeople(rows.join("\n"), "csv");
    expect(people.map(({ line }) => line)).toEqual([2]);
    expect(faults).toEqual([
      { line: 3, field: "mailAddress", message: "is the same as on line 2" },
      { line: 4, field: "objectId", message: "is the same as on line 2" },
      { line: 5, field: "userId", message: "is the same as on line 2" },
    ]);
  });

  test("an open quote, an empty file and a header alone are told apart", () => {
    expect(readPeople(`${header}\n"${objectId(1)},${tenantId}`, "csv").faults).toMatchObject([
      { message: expect.stringContaining("not readable as CSV") as string },
    ]);
    expect(readPeople("", "csv").faults).toMatchObject([{ line: 1, message: "the file is empty" }]);
    expect(readPeople(`${header}\n`, "csv")).toEqual({ people: [], faults: [] });
  });

  test("a line is the one on which the row begins, even behind a field with line breaks", () => {
    const rows = [
      `${header},connector,resourceGroup`,
      `${objectId(1)},${tenantId},ada@acme.example,yes,"north\nand south"`,
      `${objectId(2)},${tenantId},not an address,no,`,
    ];
    const { people, faults } = readPeople(rows.join("\n"), "csv");
    expect(people.map(({ line }) => line)).toEqual([2]);
    expect(faults).toMatchObject([{ line: 4, field: "mailAddress" }]);
  });
});

describe("json", () => {
  test("an array of objects is read like the lines of a csv file", () => {
    const person = { objectId: objectId(1), tenantId, mailAddress: "o'brien@acme.example" };
    const list = [
      { ...person, enabled: false },
      {
        ...person,
        objectId: objectId(2),
        mailAddress: "b@acme.example",
        connector: true,
        resourceGroup: "pilot",
      },
    ];
    const { people, faults } = readPeople(JSON.stringify(list), "json");
    expect(faults).toEqual([]);
    expect(people.map(({ enabled, person: { connector } }) => [enabled, connector])).toEqual([
      [false, null],
      [true, { resourceGroup: "pilot" }],
    ]);
  });

  test("faults name the line on which the person begins", () => {
    const text = `[
  { "objectId": "${objectId(1)}", "tenantId": "${tenantId}",
    "mailAddress": "a,[{]}\\"@acme.example" },
  7, { "objectId": "${objectId(2)}",
    "mailAddress": "b@acme.example", "tenantId": "${tenantId}", "enable": false },

  { "objectId": 5, "tenantId": "${tenantId}", "mailAddress": "c@acme.example" }
]`;
    const { people, faults } = readPeople(text, "json");
    expect(people).toEqual([]);
    expect(faults.map(({ line, field }) => [line, field])).toEqual([
      [2, "mailAddress"],
      [4, ""],
      [4, "enable"],
      [7, "objectId"],
    ]);
  });

  test("what is no JSON, or no array, is one fault", () => {
    expect(readPeople("[{", "json").faults).toMatchObject([{ line: 1, field: "" }]);
    expect(readPeople("{}", "json").faults).toEqual([
      { line: 1, field: "", message: "not an array of people" },
    ]);
  });
});

const asJson = (more: object): string =>
  JSON.stringify([{ objectId: objectId(1), tenantId, mailAddress: "nora@acme.example", ...more }]);

test.each([
  ["a text that is cut off", `[\n{"mailAddress":"secret@acme.example",\n"objectId":`],
  ["a comma too many", `[\n{"mailAddress":"secret@acme.example"},\n]`],
  ["a word that is none", `[\n{"mailAddress":secret@acme.example}]`],
  ["nothing but brackets", "[".repeat(200_000)],
  ["an open quote in CSV", `${header}\n"secret@acme.example,,`],
])("%s is one fault that repeats nothing of the list", (_, text) => {
  const { people, faults } = readPeople(text, text.startsWith("[") ? "json" : "csv");
  expect(people).toEqual([]);
  expect(faults).toHaveLength(1);
  expect(faults[0]?.message).toMatch(/^not readable as (?:JSON|CSV)/);
  expect(JSON.stringify(faults)).not.toContain("secret");
});

test("what is wrong about a value is told without the value, whatever type it has", () => {
  const long = `secret@${"b.".repeat(200)}example`;
  for (const value of [null, 17, true, ["secret"], { secret: 1 }, "secret", long])
    for (const field of ["objectId", "tenantId", "mailAddress"]) {
      const { people, faults } = readPeople(asJson({ [field]: value }), "json");
      expect([people, faults.map((fault) => fault.field)]).toEqual([[], [field]]);
      expect(JSON.stringify(faults)).not.toContain("secret");
    }
  expect(readPeople(asJson({ enabled: "secret" }), "json").faults).toMatchObject([{ field: "enabled" }]);
});

test("names such as __proto__ are unknown fields and give nobody anything", () => {
  const text = asJson({}).replace("{", '{"__proto__":{"enabled":false},');
  expect(readPeople(text, "json").faults).toMatchObject([{ field: "__proto__" }]);
  expect(readPeople(`${header},__proto__\na,b,c,d`, "csv").faults).toMatchObject([{ field: "__proto__" }]);
});

test("nesting without end in a field is a fault of its person, not of the reader", () => {
  const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  const text = `[{"mailAddress":${deep}},${asJson({}).slice(1)}`;
  const { people, faults } = readPeople(text, "json");
  expect(people).toHaveLength(1);
  expect(faults.map(({ field }) => field)).toContain("mailAddress");
});

test("property: a list that is written as CSV and as JSON reads as the same people", () => {
  const anyRow = fc.record({
    local: fc.stringMatching(/^[a-z][a-z0-9.'+_-]{0,20}$/),
    enabled: fc.boolean(),
    group: fc.constantFrom(null, "", "pilot"),
  });
  fc.assert(
    fc.property(fc.array(anyRow, { maxLength: 20 }), (rows) => {
      const people = rows.map(({ local, enabled, group }, at) => ({
        objectId: objectId(at),
        tenantId,
        mailAddress: `${at}${local}@acme.example`,
        enabled: String(enabled),
        connector: group === null ? "no" : "yes",
        resourceGroup: group ?? "",
      }));
      const lines = people.map((each) => Object.values(each).join(","));
      const csv = ["objectId,tenantId,mailAddress,enabled,connector,resourceGroup", ...lines].join("\n");
      const fromCsv = readPeople(csv, "csv");
      const fromJson = readPeople(
        JSON.stringify(people, null, 0).replaceAll("},{", "},\n{").replace("[", "[\n"),
        "json",
      );
      expect(fromCsv.faults).toEqual([]);
      expect(fromCsv.people).toHaveLength(rows.length);
      expect(fromJson).toEqual(fromCsv);
    }),
  );
});

test("property: no text makes the reader throw", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme", maxLength: 200 }),
      fc.constantFrom("csv" as const, "json" as const),
      (text, format) => {
        const { people, faults } = readPeople(format === "csv" ? `${header}\n${text}` : text, format);
        expect(people.length + faults.length).toBeGreaterThanOrEqual(0);
      },
    ),
  );
});
