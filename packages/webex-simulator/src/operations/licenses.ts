import { idOfName } from "../organization.ts";
import type { Parts } from "../parts.ts";
import { type Operation, operation, pageOf, paging } from "./operation.ts";

const pageSizeMax = 1_000;

/** The licences that somebody of the organisation has. */
export const licenseOperations = (parts: Parts): Operation[] => [
  operation({
    method: "GET",
    path: "/v1/licenses",
    scopes: ["spark-admin:licenses_read", "spark:all"],
    query: paging(pageSizeMax),
    gaps: ["orgId"],
    handle: (call) => {
      const people = parts.people.all().filter(({ orgId }) => orgId === call.caller.orgId);
      const names = [...new Set(people.flatMap(({ licenses = [] }) => licenses))].sort();
      const { page, headers } = pageOf(call, names, (name) => idOfName("LICENSE", name), pageSizeMax);
      const items = page.map((name) => ({
        id: idOfName("LICENSE", name),
        name,
        totalUnits: people.length,
        consumedUnits: people.filter(({ licenses = [] }) => licenses.includes(name)).length,
      }));
      return { headers, body: { items } };
    },
  }),
];
