// Greeter is a gRPC application without a proxy, both ends of it: `greeter server` answers, `greeter client` calls that for whoever asks
// it over HTTP. Routes, endpoints and certificates come from the control plane, by gRPC's own xDS.
//
// Environment: HOST and PORT, where it listens; VERSION, which a server says; TARGET, whom a client calls.
package main

import (
	"context"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	xdscredentials "google.golang.org/grpc/credentials/xds"
	"google.golang.org/grpc/examples/helloworld/helloworld"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/xds"
)

func main() {
	address := net.JoinHostPort(os.Getenv("HOST"), os.Getenv("PORT"))
	var err error
	if len(os.Args) == 2 && os.Args[1] == "server" {
		err = serve(address)
	} else {
		err = call(address, os.Getenv("TARGET"))
	}
	log.Fatal(err)
}

type greeter struct {
	helloworld.UnimplementedGreeterServer
}

func (greeter) SayHello(ctx context.Context, question *helloworld.HelloRequest) (*helloworld.HelloReply, error) {
	return &helloworld.HelloReply{Message: fmt.Sprintf("%s greets %s", os.Getenv("VERSION"), caller(ctx))}, nil
}

// caller is who the client's certificate says it is.
func caller(ctx context.Context) string {
	from, _ := peer.FromContext(ctx)
	if info, encrypted := from.AuthInfo.(credentials.TLSInfo); encrypted {
		for _, certificate := range info.State.PeerCertificates {
			for _, id := range certificate.URIs {
				return id.String()
			}
		}
	}
	return "somebody"
}

func serve(address string) error {
	// The control plane says whether clients need a certificate; without its word there is no TLS.
	own, err := xdscredentials.NewServerCredentials(xdscredentials.ServerOptions{FallbackCreds: insecure.NewCredentials()})
	if err != nil {
		return err
	}
	server, err := xds.NewGRPCServer(grpc.Creds(own))
	if err != nil {
		return err
	}
	helloworld.RegisterGreeterServer(server, greeter{})
	listener, err := net.Listen("tcp4", address)
	if err != nil {
		return err
	}
	return server.Serve(listener)
}

func call(address, target string) error {
	own, err := xdscredentials.NewClientCredentials(xdscredentials.ClientOptions{FallbackCreds: insecure.NewCredentials()})
	if err != nil {
		return err
	}
	channel, err := grpc.NewClient(target, grpc.WithTransportCredentials(own))
	if err != nil {
		return err
	}
	client := helloworld.NewGreeterClient(channel)
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 10*time.Second)
		defer cancel()
		if user := r.Header.Get("x-user"); user != "" {
			ctx = metadata.AppendToOutgoingContext(ctx, "x-user", user)
		}
		answer, err := client.SayHello(ctx, &helloworld.HelloRequest{})
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		fmt.Fprintln(w, answer.Message)
	})
	return http.ListenAndServe(address, nil)
}
