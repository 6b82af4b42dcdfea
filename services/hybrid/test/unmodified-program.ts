// The program that simulate.int.test.ts starts: it knows the real clouds' names and nothing of a simulator.
const given = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
};

const tenant = given("TENANT");
const form = new URLSearchParams({
  grant_type: "client_credentials",
  client_id: given("CLIENT"),
  client_secret: given("SECRET"),
  scope: "https://graph.microsoft.com/.default",
});
const answer = await fetch(`https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`, {
  method: "POST",
  body: form,
});
const { access_token: token } = (await answer.json()) as { access_token: string };
const read = async (url: string, bearer: string): Promise<any> =>
  (await fetch(url, { headers: { authorization: `Bearer ${bearer}` } })).json();

const users = await read("https://graph.microsoft.com/v1.0/users?$top=1", token);
const next = await read(users["@odata.nextLink"], token);
const people = await read("https://webexapis.com/v1/people?max=1", given("WEBEX_TOKEN"));
const elsewhere = await fetch("https://example.com/").then(
  ({ status }) => `reached: ${status}`,
  () => "not reached",
);
console.log(
  JSON.stringify({
    users: users.value.length + next.value.length,
    nextLink: new URL(users["@odata.nextLink"]).origin,
    people: people.items.length,
    elsewhere,
  }),
);
