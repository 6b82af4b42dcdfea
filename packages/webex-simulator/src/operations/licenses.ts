import { idOfName } from "../organization.ts";
import type { Parts } from "../parts.ts";
import { type Operation, operation } from "./operation.ts";

/** The licences that somebody of the organisation has, on one page: the documentation has no others. */
export const licenseOperations = (parts: Parts): Operation[] => [
  operation({
    method: "GET",
    path: "/v1/licenses",
    scopes: ["spark-admin:licenses_read", "spark:all"],
    gaps: ["orgId"],
    handle: (call) => {
      const people = parts.people.all().filter(({ orgId }) => orgId === call.caller.orgId);
      const names = [...new Set(people.flatMap(({ licenses = [] }) => licenses))].sort();
      const items = names.map((name) => ({
        id: idOfName("LICENSE", name),
        name,
        totalUnits: people.length,
        consumedUnits: people.filter(({ licenses = [] }) => licenses.includes(name)).length,
      }));
      return { body: { items } };
    },
  }),
];
