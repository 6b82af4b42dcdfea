import { DateTime } from "luxon";
import { WINDOWS_TO_IANA_MAP } from "windows-iana";
import { ianaZoneOf } from "../calendar/time-zones.ts";
import type { SimulatorClock } from "../clock.ts";
import { badRequest } from "../http/graph-fault.ts";
import { contextOf } from "./event-access.ts";
import type { Answer, MailboxCall, Operation } from "./operation.ts";

const readers = ["MailboxSettings.Read", "MailboxSettings.ReadWrite", "User.Read.All", "User.ReadBasic.All"];

const windowsNames = [...new Set(WINDOWS_TO_IANA_MAP.map(({ windowsName }) => windowsName))].sort();

const windowsZones = (at: number): object[] =>
  windowsNames.map((alias) => {
    const offset = DateTime.fromMillis(at, { zone: ianaZoneOf(alias) ?? "UTC" }).toFormat("ZZ");
    return {
      alias,
      displayName: `(UTC${offset === "+00:00" ? "" : offset}) ${alias.replace(/ Standard Time$/, "")}`,
    };
  });

const ianaZones = (): object[] =>
  Intl.supportedValuesOf("timeZone").map((name) => ({ alias: name, displayName: name }));

const list =
  (clock: SimulatorClock) =>
  (call: MailboxCall): Answer => {
    const standard = (call.params["standard"] ?? "windows").toLowerCase();
    if (standard !== "windows" && standard !== "iana")
      throw badRequest(`'${standard}' is not a time zone standard.`, "ErrorInvalidRequest");
    return {
      status: 200,
      body: {
        "@odata.context": contextOf(call, "outlook/supportedTimeZones"),
        value: standard === "iana" ? ianaZones() : windowsZones(clock.now()),
      },
    };
  };

/** The time zones that a mailbox knows, by Windows names or by those of IANA. */
export const timeZoneOperations = (clock: SimulatorClock): Operation[] =>
  ["", "/:standard"].map((tail) => ({
    family: "mailbox",
    method: "GET",
    path: `/users/:userId/outlook/supportedTimeZones${tail}`,
    roles: readers,
    query: [],
    handle: list(clock),
  }));
