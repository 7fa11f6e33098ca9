// The shop's order service. GET /api/orders asks the user service and answers with what it said; the rest of the path,
// the query, the headers that route (version, x-canary) and authorize, and the trace context go along.
package main

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"os"

	"github.com/gin-gonic/gin"

	"lateen.dev/demo/trace"
)

var (
	pod      = env("POD_NAME", "local")
	usersURL = env("USERS_URL", "http://user-service/api/users")
	passedOn = []string{"version", "x-canary", "authorization", "x-request-id", "b3", "x-b3-traceid", "x-b3-spanid",
		"x-b3-parentspanid", "x-b3-sampled", "x-b3-flags"}
)

func main() {
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.Use(gin.Recovery(), trace.Middleware())
	r.GET("/health", func(c *gin.Context) { c.JSON(http.StatusOK, gin.H{"status": "healthy"}) })
	r.GET("/api/orders", orders)
	r.GET("/api/orders/*rest", orders)
	address := net.JoinHostPort(env("HOST", "0.0.0.0"), env("PORT", "8080"))
	log.Printf("order-service listens on %s, users at %s", address, usersURL)
	log.Fatal(r.Run(address))
}

func orders(c *gin.Context) {
	url := usersURL + c.Param("rest")
	if query := c.Request.URL.RawQuery; query != "" {
		url += "?" + query
	}
	users, err := callDownstream(c.Request.Context(), url, c.Request.Header)
	if err != nil {
		c.JSON(http.StatusBadGateway, gin.H{"error": err.Error()})
		return
	}
	defer users.Body.Close()
	// Read to its end, so that the connection serves again.
	if _, err := io.Copy(io.Discard, users.Body); err != nil {
		c.JSON(http.StatusBadGateway, gin.H{"error": err.Error()})
		return
	}
	// Which of the mesh's routes led there, where these say so.
	for _, name := range []string{"x-version", "x-trace", "x-routing"} {
		if value := users.Header.Get(name); value != "" {
			c.Header(name, value)
		}
	}
	c.JSON(users.StatusCode, gin.H{"pod": pod, "orders": []int{1, 2, 3}, "users": gin.H{
		"status": users.StatusCode, "version": users.Header.Get("x-version"), "pod": users.Header.Get("x-pod")}})
}

// Through the sidecar's explicit proxy where HTTP_PROXY names one; otherwise connections are captured on their way.
func callDownstream(ctx context.Context, url string, from http.Header) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	for _, name := range passedOn {
		if value := from.Get(name); value != "" {
			request.Header.Set(name, value)
		}
	}
	trace.Inject(ctx, request.Header)
	return http.DefaultClient.Do(request)
}

func env(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}
