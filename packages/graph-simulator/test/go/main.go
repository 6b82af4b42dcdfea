// Azure's azidentity and the core of Microsoft's Graph SDK for Go unmodified, against `hybrid simulate`: tokens,
// compression, retries and addresses are theirs; only the models of msgraph-sdk-go are left out, for they take
// many minutes to compile. Environment: what simulators.env holds, PEM_FILE, ENDPOINT_CERT, ENDPOINT_KEY and
// USER_ID. Prints one line of JSON.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	abstractions "github.com/microsoft/kiota-abstractions-go"
	auth "github.com/microsoft/kiota-authentication-azure-go"
	core "github.com/microsoftgraph/msgraph-sdk-go-core"
)

const scope = "https://graph.microsoft.com/.default"

type item struct {
	ChangeType   string `json:"changeType"`
	ClientState  string `json:"clientState"`
	ResourceData struct {
		ID string `json:"id"`
	} `json:"resourceData"`
}

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return value
}

func startEndpoint(items chan<- item) string {
	listener := must(net.Listen("tcp", "127.0.0.1:0"))
	handler := http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
		writer.Header().Set("content-type", "text/plain")
		if token := request.URL.Query().Get("validationToken"); token != "" {
			fmt.Fprint(writer, token)
			return
		}
		var posted struct{ Value []item }
		must(true, json.Unmarshal(must(io.ReadAll(request.Body)), &posted))
		writer.WriteHeader(http.StatusAccepted)
		for _, one := range posted.Value {
			items <- one
		}
	})
	go http.ServeTLS(listener, handler, os.Getenv("ENDPOINT_CERT"), os.Getenv("ENDPOINT_KEY"))
	return fmt.Sprintf("https://localhost:%d/hook", listener.Addr().(*net.TCPAddr).Port)
}

func main() {
	ctx := context.Background()
	options := azcore.ClientOptions{Cloud: cloud.Configuration{
		ActiveDirectoryAuthorityHost: os.Getenv("AZURE_AUTHORITY_HOST") + "/",
		Services:                     map[cloud.ServiceName]cloud.ServiceConfiguration{},
	}}
	tenant, client, userID := os.Getenv("AZURE_TENANT_ID"), os.Getenv("AZURE_CLIENT_ID"), os.Getenv("USER_ID")
	certs, key, err := azidentity.ParseCertificates(must(os.ReadFile(os.Getenv("PEM_FILE"))), nil)
	must(true, err)
	credential := must(azidentity.NewClientCertificateCredential(tenant, client, certs, key,
		&azidentity.ClientCertificateCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: true}))
	bySecret := must(azidentity.NewClientSecretCredential(tenant, client, os.Getenv("AZURE_CLIENT_SECRET"),
		&azidentity.ClientSecretCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: true}))
	token := must(bySecret.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{scope}}))
	base := must(url.Parse(os.Getenv("GRAPH_BASE_URL")))
	provider := must(auth.NewAzureIdentityAuthenticationProviderWithScopesAndValidHosts(
		credential, []string{scope}, []string{base.Hostname(), base.Host}))
	adapter := must(core.NewGraphRequestAdapterBase(provider, core.GraphClientOptions{}))
	adapter.SetBaseUrl(base.String())
	send := func(method abstractions.HttpMethod, template string, params map[string]string, body string) map[string]any {
		params["baseurl"] = base.String()
		info := abstractions.NewRequestInformationWithMethodAndUrlTemplateAndPathParameters(method, template, params)
		if body != "" {
			info.SetStreamContentAndContentType([]byte(body), "application/json")
		}
		answer := must(adapter.SendPrimitive(ctx, info, "[]byte", nil))
		var read map[string]any
		if bytes, ok := answer.([]byte); ok && len(bytes) > 0 {
			must(true, json.Unmarshal(bytes, &read))
		}
		return read
	}
	of := func(more ...string) map[string]string {
		params := map[string]string{"user%2Did": userID}
		for at := 0; at < len(more); at += 2 {
			params[more[at]] = more[at+1]
		}
		return params
	}
	text := func(value any) string { return string(must(json.Marshal(value))) }
	said := map[string]any{"secret": len(token.Token) > 100}
	said["user"] = send(abstractions.GET, "{+baseurl}/users/{user%2Did}", of(), "")["mail"]

	items := make(chan item, 100)
	subscription := send(abstractions.POST, "{+baseurl}/subscriptions", of(), text(map[string]any{
		"changeType":         "created,updated,deleted",
		"notificationUrl":    startEndpoint(items),
		"resource":           "users/" + userID + "/events",
		"expirationDateTime": time.Now().Add(24 * time.Hour).UTC().Format(time.RFC3339),
		"clientState":        "go",
	}))

	tomorrow := time.Now().UTC().Add(24 * time.Hour)
	moment := func(at time.Time) map[string]any {
		return map[string]any{"dateTime": at.Format("2006-01-02T15:04:05"), "timeZone": "UTC"}
	}
	created := send(abstractions.POST, "{+baseurl}/users/{user%2Did}/events", of(), text(map[string]any{
		"subject": "Planning", "start": moment(tomorrow), "end": moment(tomorrow.Add(time.Hour)),
	}))
	id := created["id"].(string)
	event := "{+baseurl}/users/{user%2Did}/events/{event%2Did}"
	said["patched"] = send(abstractions.PATCH, event, of("event%2Did", id), `{"subject":"Planning, longer"}`)["subject"]

	window := of("startDateTime", tomorrow.Add(-48*time.Hour).Format(time.RFC3339),
		"endDateTime", tomorrow.Add(48*time.Hour).Format(time.RFC3339))
	delta := "{+baseurl}/users/{user%2Did}/calendarView/delta(){?startDateTime,endDateTime}"
	first := send(abstractions.GET, delta, window, "")
	said["delta"] = len(first["value"].([]any))
	send(abstractions.DELETE, event, of("event%2Did", id), "")
	later := send(abstractions.GET, "{+link}", of("link", first["@odata.deltaLink"].(string)), "")["value"].([]any)
	said["removed"] = len(later) == 1 && later[0].(map[string]any)["id"] == id

	kinds := map[string]bool{}
	for deadline := time.After(30 * time.Second); len(kinds) < 3; {
		select {
		case one := <-items:
			if one.ClientState != "go" || one.ResourceData.ID != id {
				must(true, fmt.Errorf("a notification of something else: %+v", one))
			}
			kinds[one.ChangeType] = true
		case <-deadline:
			must(true, fmt.Errorf("only these notifications came: %v", kinds))
		}
	}
	said["notified"] = kinds
	send(abstractions.DELETE, "{+baseurl}/subscriptions/{subscription%2Did}",
		of("subscription%2Did", subscription["id"].(string)), "")
	fmt.Println(text(said))
}
