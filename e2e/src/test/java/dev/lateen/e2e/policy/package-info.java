/// Whether what policies say is what the proxy enforces: a plain evaluator, written from the API's documentation alone,
/// against translation and the proxy's decision, on generated policies and callers.
@NullMarked
package dev.lateen.e2e.policy;

import org.jspecify.annotations.NullMarked;
