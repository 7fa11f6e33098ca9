// The shop's user service. GET /api/users answers with its version and pod.
//
// It can be made to misbehave, for the demo's checks:
//
//	?delay=MILLISECONDS          answers late
//	?failtries=N&key=K           answers 503 to the first N tries of the request with key K, then 200, as counted by
//	                             the proxy's x-envoy-attempt-count, so that it holds over all replicas
//	?status=CODE                 answers with that status
//	POST /control?failing=true   from now on every answer of this replica is 503; false ends it
//	GET  /control                how many requests it has seen, by key
package main

import (
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"

	"lateen.dev/demo/trace"
)

var (
	version = env("VERSION", "v1")
	pod     = env("POD_NAME", "local")
	failing atomic.Bool
	lock    sync.Mutex
	seen    = map[string]int{}
)

func main() {
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.Use(gin.Recovery(), trace.Middleware())
	r.GET("/health", func(c *gin.Context) { c.JSON(http.StatusOK, gin.H{"status": "healthy"}) })
	r.GET("/api/users", users)
	r.GET("/api/users/*rest", users)
	r.Any("/control", control)
	address := net.JoinHostPort(env("HOST", "0.0.0.0"), env("PORT", "8080"))
	log.Printf("user-service %s listens on %s", version, address)
	log.Fatal(r.Run(address))
}

func users(c *gin.Context) {
	tries := count(c.DefaultQuery("key", "all"))
	if attempt, err := strconv.Atoi(c.GetHeader("x-envoy-attempt-count")); err == nil {
		tries = attempt
	}
	time.Sleep(time.Duration(number(c, "delay", 0)) * time.Millisecond)
	status := number(c, "status", http.StatusOK)
	if failing.Load() || tries <= number(c, "failtries", 0) {
		status = http.StatusServiceUnavailable
	}
	c.Header("x-version", version)
	c.Header("x-pod", pod)
	c.Header("x-trace", trace.ID(c.Request.Context()))
	c.JSON(status, gin.H{"version": version, "pod": pod, "users": []string{"ada", "grace"}})
}

func control(c *gin.Context) {
	if value, given := c.GetQuery("failing"); given {
		failing.Store(value == "true")
	}
	lock.Lock()
	defer lock.Unlock()
	all := gin.H{"failing": failing.Load()}
	for key, times := range seen {
		all[key] = times
	}
	c.JSON(http.StatusOK, all)
}

func count(key string) int {
	lock.Lock()
	defer lock.Unlock()
	seen[key]++
	return seen[key]
}

func number(c *gin.Context, name string, otherwise int) int {
	if value, err := strconv.Atoi(c.Query(name)); err == nil {
		return value
	}
	return otherwise
}

func env(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}
