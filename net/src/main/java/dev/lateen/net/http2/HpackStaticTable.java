package dev.lateen.net.http2;

import dev.lateen.net.http.HeaderNames;
import java.nio.charset.StandardCharsets;

/// The table that both ends know from the start.
///
/// Thread: any.
/// Source: RFC 7541 appendix A.
final class HpackStaticTable {
    static final int LENGTH = 61;

    private static final String[][] ENTRIES = {
        {":authority", ""},
        {":method", "GET"},
        {":method", "POST"},
        {":path", "/"},
        {":path", "/index.html"},
        {":scheme", "http"},
        {":scheme", "https"},
        {":status", "200"},
        {":status", "204"},
        {":status", "206"},
        {":status", "304"},
        {":status", "400"},
        {":status", "404"},
        {":status", "500"},
        {"accept-charset", ""},
        {"accept-encoding", "gzip, deflate"},
        {"accept-language", ""},
        {"accept-ranges", ""},
        {"accept", ""},
        {"access-control-allow-origin", ""},
        {"age", ""},
        {"allow", ""},
        {"authorization", ""},
        {"cache-control", ""},
        {"content-disposition", ""},
        {"content-encoding", ""},
        {"content-language", ""},
        {"content-length", ""},
        {"content-location", ""},
        {"content-range", ""},
        {"content-type", ""},
        {"cookie", ""},
        {"date", ""},
        {"etag", ""},
        {"expect", ""},
        {"expires", ""},
        {"from", ""},
        {"host", ""},
        {"if-match", ""},
        {"if-modified-since", ""},
        {"if-none-match", ""},
        {"if-range", ""},
        {"if-unmodified-since", ""},
        {"last-modified", ""},
        {"link", ""},
        {"location", ""},
        {"max-forwards", ""},
        {"proxy-authenticate", ""},
        {"proxy-authorization", ""},
        {"range", ""},
        {"referer", ""},
        {"refresh", ""},
        {"retry-after", ""},
        {"server", ""},
        {"set-cookie", ""},
        {"strict-transport-security", ""},
        {"transfer-encoding", ""},
        {"user-agent", ""},
        {"vary", ""},
        {"via", ""},
        {"www-authenticate", ""},
    };

    private static final HpackField[] FIELDS = fields();

    private HpackStaticTable() {}

    /// @param index from 1 to `LENGTH`
    static HpackField get(int index) {
        return FIELDS[index];
    }

    private static HpackField[] fields() {
        HpackField[] fields = new HpackField[LENGTH + 1];
        for (int index = 1; index <= LENGTH; index++) {
            byte[] name = ENTRIES[index - 1][0].getBytes(StandardCharsets.ISO_8859_1);
            String shared = HeaderNames.of(name, 0, name.length, HeaderNames.hash(name, 0, name.length));
            fields[index] = HpackField.of(shared, ENTRIES[index - 1][1]);
        }
        fields[0] = fields[1]; // never asked for
        return fields;
    }
}
