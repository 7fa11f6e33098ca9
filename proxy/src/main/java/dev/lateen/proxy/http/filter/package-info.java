/// HTTP filters: what may look at a request between routing and forwarding, and at the response on its way back.
/// A filter is one class here plus its config record and one line in `FilterCatalog`. Entry: `RequestFilter`.
@NullMarked
package dev.lateen.proxy.http.filter;

import org.jspecify.annotations.NullMarked;
