"""What webex-sdks.sys.test.ts runs: webexpythonsdk and wxc_sdk unmodified, against `hybrid simulate`.

Environment: HTTPS_PROXY and REQUESTS_CA_BUNDLE lead to the simulator, ADA_TOKEN and ADMIN_TOKEN are access
tokens, ENDPOINT_CERT and ENDPOINT_KEY belong to a receiver of webhooks on localhost. Prints one line of JSON.
"""

import hashlib
import hmac
import json
import os
import queue
import ssl
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import requests
from webexpythonsdk import ApiError, WebexAPI
from wxc_sdk import WebexSimpleApi
from wxc_sdk.rest import RestError
from wxc_sdk.webhook import WebhookEventType, WebhookResource

secret = "webhook-secret"
deliveries: "queue.Queue[dict]" = queue.Queue()


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        right = hmac.new(secret.encode(), body, hashlib.sha1).hexdigest()
        if hmac.compare_digest(self.headers.get("X-Spark-Signature", ""), right):
            deliveries.put(json.loads(body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


def start_receiver() -> str:
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.environ["ENDPOINT_CERT"], os.environ["ENDPOINT_KEY"])
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"https://localhost:{server.server_port}/hook"


def heard(resource: str, event: str) -> dict:
    while True:
        item = deliveries.get(timeout=30)
        if (item["resource"], item["event"]) == (resource, event):
            return item


def with_webexpythonsdk(target: str) -> dict:
    api = WebexAPI(access_token=os.environ["ADA_TOKEN"])
    said = {"me": api.people.me().emails}
    said["people"] = sorted(p.displayName for p in api.people.list(email="bo@acme.example"))
    hook = api.webhooks.create("all of it", target, "all", "all", secret=secret)
    team = api.teams.create("Launch")
    said["renamed"] = api.teams.update(team.id, "Lift-off").name
    member = api.team_memberships.create(team.id, personEmail="bo@acme.example")
    said["moderator"] = api.team_memberships.update(member.id, isModerator=True).isModerator
    room = api.rooms.create("Press", teamId=team.id)
    said["rooms"] = sorted(r.title for r in api.rooms.list(teamId=team.id, max=1))
    bo = api.memberships.create(room.id, personEmail="bo@acme.example")
    said["members"] = len(list(api.memberships.list(roomId=room.id, max=1)))
    message = api.messages.create(roomId=room.id, markdown="hello")
    said["heard"] = heard("messages", "created")["data"]["id"] == message.id
    said["edited"] = api.messages.edit(messageId=message.id, roomId=room.id, text="bye").text
    sent = api.messages.create(roomId=room.id, text="a file", files=[sys.argv[0]])
    bearer = {"Authorization": f"Bearer {os.environ['ADA_TOKEN']}"}
    with open(sys.argv[0], "rb") as file:
        said["file"] = requests.get(sent.files[0], headers=bearer, timeout=30).content == file.read()
    said["texts"] = [m.text for m in api.messages.list(roomId=room.id, max=1)]
    api.messages.delete(sent.id)
    api.memberships.delete(bo.id)
    api.webhooks.update(hook.id, name="renamed", targetUrl=target, status="inactive")
    said["webhooks"] = [[h.name, h.status] for h in api.webhooks.list()]
    api.webhooks.delete(hook.id)
    api.rooms.delete(room.id)
    api.teams.delete(team.id)
    try:
        api.teams.get(team.id)
    except ApiError as error:
        said["gone"] = error.status_code
    return said


def with_wxc_sdk(target: str) -> dict:
    ada = WebexSimpleApi(tokens=os.environ["ADA_TOKEN"])
    admin = WebexSimpleApi(tokens=os.environ["ADMIN_TOKEN"])
    said = {"me": ada.people.me().emails}
    said["people"] = sorted(p.display_name for p in admin.people.list())
    hook = ada.webhook.create(
        name="memberships",
        target_url=target,
        resource=WebhookResource.memberships,
        event=WebhookEventType.created,
        secret=secret,
    )
    team = ada.teams.create(name="Landing")
    ada.team_memberships.create(team_id=team.id, person_email="bo@acme.example")
    said["team"] = sorted(m.person_email for m in ada.team_memberships.list(team_id=team.id))
    room = ada.rooms.create(title="Runway", team_id=team.id)
    ada.membership.create(room_id=room.id, person_email="bo@acme.example")
    said["heard"] = heard("memberships", "created")["data"]["personEmail"]
    said["members"] = len(list(ada.membership.list(room_id=room.id)))
    message = ada.messages.create(room_id=room.id, markdown="touch down")
    said["texts"] = [m.text for m in ada.messages.list(room_id=room.id)]
    ada.messages.delete(message_id=message.id)
    said["webhooks"] = [h.name for h in ada.webhook.list()]
    ada.webhook.webhook_delete(webhook_id=hook.webhook_id)
    ada.rooms.delete(room_id=room.id)
    ada.teams.delete(team_id=team.id)
    try:
        ada.teams.details(team_id=team.id)
    except RestError as error:
        said["gone"] = error.response.status_code
    return said


target = start_receiver()
print(json.dumps({"webexpythonsdk": with_webexpythonsdk(target), "wxc_sdk": with_wxc_sdk(target)}))
