// Package trace carries the trace context through a service: in from the request, out to whoever is asked in turn. The
// mesh's proxies start and report the spans; a service has only to pass the context on.
package trace

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"
	"go.opentelemetry.io/otel/propagation"
	oteltrace "go.opentelemetry.io/otel/trace"
)

var propagator = propagation.TraceContext{}

// Middleware puts the trace context of the request into its context.
func Middleware() gin.HandlerFunc {
	return func(c *gin.Context) {
		ctx := propagator.Extract(c.Request.Context(), propagation.HeaderCarrier(c.Request.Header))
		c.Request = c.Request.WithContext(ctx)
		c.Next()
	}
}

// Inject writes the trace context into the headers of a request to another service.
func Inject(ctx context.Context, header http.Header) {
	propagator.Inject(ctx, propagation.HeaderCarrier(header))
}

// ID is the trace that a request belongs to, empty where there is none.
func ID(ctx context.Context) string {
	if span := oteltrace.SpanContextFromContext(ctx); span.HasTraceID() {
		return span.TraceID().String()
	}
	return ""
}
