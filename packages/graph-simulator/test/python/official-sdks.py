"""What python-sdks.sys.test.ts runs: azure-identity and msgraph-sdk unmodified, against `hybrid simulate`.

Environment: what simulators.env holds, PEM_FILE (key and certificate of the application), ENDPOINT_CERT and
ENDPOINT_KEY (of the notification endpoint on localhost), USER_ID. Prints one line of JSON.
"""

import asyncio
import json
import os
import queue
import ssl
import threading
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlparse

from azure.identity import CertificateCredential, ClientSecretCredential
from kiota_authentication_azure.azure_identity_authentication_provider import (
    AzureIdentityAuthenticationProvider,
)
from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.models.attendee import Attendee
from msgraph.generated.models.body_type import BodyType
from msgraph.generated.models.date_time_time_zone import DateTimeTimeZone
from msgraph.generated.models.email_address import EmailAddress
from msgraph.generated.models.event import Event
from msgraph.generated.models.item_body import ItemBody
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.subscription import Subscription
from msgraph.generated.users.item.calendar_view.delta.delta_request_builder import DeltaRequestBuilder

authority = urlparse(os.environ["AZURE_AUTHORITY_HOST"])
tenant = os.environ["AZURE_TENANT_ID"]
client_id = os.environ["AZURE_CLIENT_ID"]
user_id = os.environ["USER_ID"]
scope = "https://graph.microsoft.com/.default"
notifications: "queue.Queue[dict]" = queue.Queue()


class Endpoint(BaseHTTPRequestHandler):
    def do_POST(self):
        token = parse_qs(urlparse(self.path).query).get("validationToken")
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        answer = token[0].encode() if token else b""
        self.send_response(200 if token else 202)
        self.send_header("content-type", "text/plain")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)
        if not token:
            for item in json.loads(body)["value"]:
                notifications.put(item)

    def log_message(self, *_):
        pass


def start_endpoint() -> str:
    server = HTTPServer(("127.0.0.1", 0), Endpoint)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.environ["ENDPOINT_CERT"], os.environ["ENDPOINT_KEY"])
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"https://localhost:{server.server_port}/hook"


def moment(at: datetime) -> DateTimeTimeZone:
    return DateTimeTimeZone(date_time=at.strftime("%Y-%m-%dT%H:%M:%S"), time_zone="UTC")


async def main() -> None:
    same = {"tenant_id": tenant, "client_id": client_id, "authority": os.environ["AZURE_AUTHORITY_HOST"]}
    credential = CertificateCredential(
        certificate_path=os.environ["PEM_FILE"], disable_instance_discovery=True, **same
    )
    by_secret = ClientSecretCredential(
        client_secret=os.environ["AZURE_CLIENT_SECRET"], disable_instance_discovery=True, **same
    )
    provider = AzureIdentityAuthenticationProvider(
        credential, scopes=[scope], allowed_hosts=[authority.hostname]
    )
    adapter = GraphRequestAdapter(provider)
    adapter.base_url = os.environ["GRAPH_BASE_URL"]
    client = GraphServiceClient(request_adapter=adapter)
    user = client.users.by_user_id(user_id)
    said = {"secret": len(by_secret.get_token(scope).token) > 100}

    said["user"] = (await user.get()).mail
    said["users"] = len((await client.users.get()).value)
    subscription = await client.subscriptions.post(
        Subscription(
            change_type="created,updated,deleted",
            notification_url=start_endpoint(),
            resource=f"users/{user_id}/events",
            expiration_date_time=datetime.now(timezone.utc) + timedelta(days=1),
            client_state="python",
        )
    )

    tomorrow = datetime.now(timezone.utc).replace(microsecond=0) + timedelta(days=1)
    created = await user.events.post(
        Event(
            subject="Planning",
            body=ItemBody(content_type=BodyType.Html, content="<p>Agenda</p>"),
            start=moment(tomorrow),
            end=moment(tomorrow + timedelta(hours=1)),
            attendees=[Attendee(email_address=EmailAddress(address="bo@contoso.example"))],
        )
    )
    event = user.events.by_event_id(created.id)
    said["patched"] = (await event.patch(Event(subject="Planning, longer"))).subject

    window = DeltaRequestBuilder.DeltaRequestBuilderGetQueryParameters(
        start_date_time=(tomorrow - timedelta(days=2)).isoformat(),
        end_date_time=(tomorrow + timedelta(days=2)).isoformat(),
    )
    delta = user.calendar_view.delta
    first = await delta.get(request_configuration=RequestConfiguration(query_parameters=window))
    said["delta"] = [item.subject for item in first.value]
    await event.delete()
    later = await delta.with_url(first.odata_delta_link).get()
    said["removed"] = [item.id == created.id for item in later.value]
    try:
        await event.get()
    except ODataError as error:
        said["gone"] = [error.response_status_code, error.error.code]

    kinds = set()
    while kinds != {"created", "updated", "deleted"}:
        item = notifications.get(timeout=30)
        assert item["clientState"] == "python" and item["resourceData"]["id"] == created.id, item
        kinds.add(item["changeType"])
    said["notified"] = sorted(kinds)
    renewed = await client.subscriptions.by_subscription_id(subscription.id).patch(
        Subscription(expiration_date_time=datetime.now(timezone.utc) + timedelta(days=3))
    )
    said["renewed"] = renewed.expiration_date_time > subscription.expiration_date_time
    await client.subscriptions.by_subscription_id(subscription.id).delete()
    print(json.dumps(said))


asyncio.run(main())
