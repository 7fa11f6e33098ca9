// Writes down each whole request; see ProgramBackend.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
)

func latin(bytes []byte) string {
	runes := make([]rune, len(bytes))
	for i, b := range bytes {
		runes[i] = rune(b)
	}
	text, _ := json.Marshal(string(runes))
	plain := ""
	for _, r := range string(text) {
		if r > 126 {
			plain += fmt.Sprintf("\\u%04x", r)
		} else {
			plain += string(r)
		}
	}
	return plain
}

func main() {
	http2 := len(os.Args) > 1 && os.Args[1] == "h2"
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Printf("PORT %d\n", listener.Addr().(*net.TCPAddr).Port)
	protocols := new(http.Protocols)
	protocols.SetHTTP1(!http2)
	protocols.SetUnencryptedHTTP2(http2)
	server := &http.Server{
		Protocols:                    protocols,
		DisableGeneralOptionsHandler: true,
		Handler: http.HandlerFunc(func(out http.ResponseWriter, request *http.Request) {
			body, err := io.ReadAll(request.Body)
			if err != nil {
				fmt.Printf("BAD %v\n", err)
				panic(http.ErrAbortHandler)
			}
			fmt.Printf("SEEN %s %s %s\n", request.Method, request.RequestURI, latin(body))
			fmt.Fprintf(out, "SAW %s %s\n", request.Method, request.RequestURI)
		}),
	}
	panic(server.Serve(listener))
}
