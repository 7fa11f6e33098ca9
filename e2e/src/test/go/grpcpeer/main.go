// An application on grpc-go, a process of its own: the twin of GrpcPeer in Java, which says what it does.
package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	xdscredentials "google.golang.org/grpc/credentials/xds"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/xds"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

const method = "/lateen.test.Peer/Ask"

var (
	name    = environment("PEER_NAME", "peer")
	withXds = os.Getenv("GRPC_XDS") == "true"

	channelsLock sync.Mutex
	channels     = map[string]*grpc.ClientConn{}
)

func environment(key, otherwise string) string {
	if value := os.Getenv(key); value != "" {
		return value
	}
	return otherwise
}

func main() {
	control, err := net.Listen("tcp", net.JoinHostPort(environment("HOST", "127.0.0.1"), environment("PORT", "0")))
	check(err)
	http.HandleFunc("/call", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, call(r)) })
	http.HandleFunc("/ready", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, name) })
	fmt.Println("control", control.Addr().(*net.TCPAddr).Port)
	if port := os.Getenv("GRPC_PORT"); port != "" {
		go serve(port)
	}
	check(http.Serve(control, nil))
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

type server interface {
	grpc.ServiceRegistrar
	Serve(net.Listener) error
}

func serve(port string) {
	listener, err := net.Listen("tcp4", ":"+port)
	check(err)
	var started server = grpc.NewServer()
	serving := func() { fmt.Println("serving") }
	if withXds {
		ownCredentials, err := xdscredentials.NewServerCredentials(
			xdscredentials.ServerOptions{FallbackCreds: insecure.NewCredentials()})
		check(err)
		started, err = xds.NewGRPCServer(
			grpc.Creds(ownCredentials),
			xds.ServingModeCallback(func(_ net.Addr, now xds.ServingModeChangeArgs) {
				fmt.Println("mode", now.Mode, now.Err)
			}))
		check(err)
	}
	started.RegisterService(&grpc.ServiceDesc{
		ServiceName: "lateen.test.Peer",
		HandlerType: (*any)(nil),
		Methods:     []grpc.MethodDesc{{MethodName: "Ask", Handler: ask}},
	}, struct{}{})
	serving()
	check(started.Serve(listener))
}

func ask(service any, ctx context.Context, decode func(any) error, interceptor grpc.UnaryServerInterceptor) (any, error) {
	question := &wrapperspb.StringValue{}
	if err := decode(question); err != nil {
		return nil, err
	}
	answer := func(ctx context.Context, _ any) (any, error) { return respond(ctx) }
	if interceptor == nil {
		return answer(ctx, question)
	}
	return interceptor(ctx, question, &grpc.UnaryServerInfo{Server: service, FullMethod: method}, answer)
}

func respond(ctx context.Context) (any, error) {
	headers, _ := metadata.FromIncomingContext(ctx)
	attempt := number(headers.Get("grpc-previous-rpc-attempts"))
	if attempt < number(headers.Get("x-fail")) {
		return nil, status.Error(codes.Unavailable, "as asked")
	}
	time.Sleep(time.Duration(number(headers.Get("x-delay"))) * time.Millisecond)
	return wrapperspb.String(fmt.Sprintf("%s %s %d", name, caller(ctx), attempt)), nil
}

func number(texts []string) int {
	if len(texts) == 0 {
		return 0
	}
	value, _ := strconv.Atoi(texts[0])
	return value
}

func caller(ctx context.Context) string {
	from, known := peer.FromContext(ctx)
	if !known {
		return "-"
	}
	info, encrypted := from.AuthInfo.(credentials.TLSInfo)
	if !encrypted {
		return "-"
	}
	for _, certificate := range info.State.PeerCertificates {
		for _, uri := range certificate.URIs {
			return uri.String()
		}
	}
	return "nameless"
}

func call(r *http.Request) string {
	query := r.URL.Query()
	count, _ := strconv.Atoi(environmentOf(query.Get("count"), "1"))
	millis, _ := strconv.Atoi(environmentOf(query.Get("millis"), "10000"))
	channel, err := channel(query.Get("target"))
	if err != nil {
		return "1 " + err.Error()
	}
	answers := map[string]int{}
	for range count {
		answers[one(channel, query["h"], time.Duration(millis)*time.Millisecond)]++
	}
	lines := []string{}
	for answer, times := range answers {
		lines = append(lines, fmt.Sprint(times, " ", answer))
	}
	sort.Strings(lines)
	return strings.Join(lines, "\n")
}

func environmentOf(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

func channel(target string) (*grpc.ClientConn, error) {
	channelsLock.Lock()
	defer channelsLock.Unlock()
	if known := channels[target]; known != nil {
		return known, nil
	}
	own := insecure.NewCredentials()
	if withXds {
		var err error
		own, err = xdscredentials.NewClientCredentials(
			xdscredentials.ClientOptions{FallbackCreds: insecure.NewCredentials()})
		if err != nil {
			return nil, err
		}
	}
	made, err := grpc.NewClient(target, grpc.WithTransportCredentials(own))
	if err == nil {
		channels[target] = made
	}
	return made, err
}

func one(channel *grpc.ClientConn, headers []string, limit time.Duration) string {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	for _, header := range headers {
		parts := strings.SplitN(header, ":", 2)
		ctx = metadata.AppendToOutgoingContext(ctx, parts[0], parts[1])
	}
	answer := &wrapperspb.StringValue{}
	err := channel.Invoke(ctx, method, wrapperspb.String(name), answer, grpc.WaitForReady(false))
	if err == nil {
		return answer.GetValue()
	}
	return word(status.Code(err)) + " " + strings.ReplaceAll(status.Convert(err).Message(), "\n", " ")
}

// As grpc-java spells it: DeadlineExceeded is DEADLINE_EXCEEDED.
func word(code codes.Code) string {
	var text strings.Builder
	for i, letter := range code.String() {
		if i > 0 && letter >= 'A' && letter <= 'Z' {
			text.WriteByte('_')
		}
		text.WriteRune(letter)
	}
	return strings.ToUpper(text.String())
}
