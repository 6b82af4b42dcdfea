import { type DirectoryRoles, roleTemplateId } from "../entra/directory-roles.ts";
import { badRequest, GraphFault } from "../http/graph-fault.ts";
import type { Operation } from "./operation.ts";

const readers = ["RoleManagement.Read.Directory", "RoleManagement.Read.All", "Directory.Read.All"];

const principalFilter = /^principalId eq '([0-9a-f-]{36})'$/i;

/** Who has which role of Microsoft Entra. A person may read them who has a role that lets them. */
export const roleAssignmentOperations = (roles: DirectoryRoles): Operation[] => [
  {
    family: "tenant",
    method: "GET",
    path: "/roleManagement/directory/roleAssignments",
    query: ["$filter"],
    roles: readers,
    handle: ({ caller, query, graphUrl }) => {
      const [, principalId] = principalFilter.exec(query.$filter ?? "") ?? [];
      if (principalId === undefined)
        throw badRequest("The simulator reads role assignments by $filter=principalId eq '<id>' alone.");
      if (caller.userId !== null && !roles.mayReadRoles(caller.userId))
        throw new GraphFault(
          403,
          "Authorization_RequestDenied",
          "Insufficient privileges to complete the operation.",
        );
      return {
        status: 200,
        body: {
          "@odata.context": `${graphUrl}/$metadata#roleManagement/directory/roleAssignments`,
          value: roles.of(principalId).map((role) => ({
            id: Buffer.from(`${principalId} ${role}`).toString("base64url"),
            principalId,
            directoryScopeId: "/",
            appScopeId: null,
            roleDefinitionId: roleTemplateId(role),
          })),
        },
      };
    },
  },
];
