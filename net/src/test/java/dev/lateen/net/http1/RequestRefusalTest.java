package dev.lateen.net.http1;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Requests that must be refused, because two parsers could read them differently, or because they are no HTTP.
class RequestRefusalTest {
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            CL and TE                  | 400 | POST / HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 3\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\n
            TE and CL                  | 400 | POST / HTTP/1.1\\r\\nHost: a\\r\\nTransfer-Encoding: chunked\\r\\nContent-Length: 3\\r\\n\\r\\n0\\r\\n\\r\\n
            two different CL           | 400 | POST / HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 3\\r\\nContent-Length: 4\\r\\n\\r\\nabc
            CL list                    | 400 | POST / HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 3, 3\\r\\n\\r\\nabc
            CL with plus               | 400 | POST / HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: +3\\r\\n\\r\\nabc
            CL negative                | 400 | POST / HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: -3\\r\\n\\r\\nabc
            CL hexadecimal             | 400 | POST / HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 0x3\\r\\n\\r\\nabc
            CL empty                   | 400 | POST / HTTP/1.1\\r\\nHost: a\\r\\nContent-Length:\\r\\n\\r\\nabc
            CL too long                | 400 | POST / HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 9999999999999999999\\r\\n\\r\\nabc
            TE unknown                 | 400 | POST / HTTP/1.1\\r\\nHost: a\\r\\nTransfer-Encoding: xchunked\\r\\n\\r\\n0\\r\\n\\r\\n
            TE chunked not last        | 400 | POST / HTTP/1.1\\r\\nHost: a\\r\\nTransfer-Encoding: chunked, identity\\r\\n\\r\\n0\\r\\n\\r\\n
            TE twice                   | 400 | POST / HTTP/1.1\\r\\nHost: a\\r\\nTransfer-Encoding: chunked\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\n
            TE gzip then chunked       | 501 | POST / HTTP/1.1\\r\\nHost: a\\r\\nTransfer-Encoding: gzip, chunked\\r\\n\\r\\n0\\r\\n\\r\\n
            TE with vertical tab       | 400 | POST / HTTP/1.1\\r\\nHost: a\\r\\nTransfer-Encoding: \\13chunked\\r\\n\\r\\n0\\r\\n\\r\\n
            TE with blank before colon | 400 | POST / HTTP/1.1\\r\\nHost: a\\r\\nTransfer-Encoding : chunked\\r\\n\\r\\n0\\r\\n\\r\\n
            folded line                | 400 | GET / HTTP/1.1\\r\\nHost: a\\r\\nX: a\\r\\n b\\r\\n\\r\\n
            field starting with blank  | 400 | GET / HTTP/1.1\\r\\n Host: a\\r\\n\\r\\n
            no colon                   | 400 | GET / HTTP/1.1\\r\\nHost: a\\r\\nX\\r\\n\\r\\n
            empty name                 | 400 | GET / HTTP/1.1\\r\\nHost: a\\r\\n: x\\r\\n\\r\\n
            bare LF after request line | 400 | GET / HTTP/1.1\\nHost: a\\r\\n\\r\\n
            bare LF in fields          | 400 | GET / HTTP/1.1\\r\\nHost: a\\nX: y\\r\\n\\r\\n
            bare CR in value           | 400 | GET / HTTP/1.1\\r\\nHost: a\\r\\nX: a\\rb\\r\\n\\r\\n
            NUL in value               | 400 | GET / HTTP/1.1\\r\\nHost: a\\r\\nX: a\\0b\\r\\n\\r\\n
            DEL in value               | 400 | GET / HTTP/1.1\\r\\nHost: a\\r\\nX: a\\177b\\r\\n\\r\\n
            high byte in name          | 400 | GET / HTTP/1.1\\r\\nHost: a\\r\\nX\\351: b\\r\\n\\r\\n
            no Host                    | 400 | GET / HTTP/1.1\\r\\nX: a\\r\\n\\r\\n
            two Hosts                  | 400 | GET / HTTP/1.1\\r\\nHost: a\\r\\nHost: a\\r\\n\\r\\n
            Host with user             | 400 | GET / HTTP/1.1\\r\\nHost: u@a\\r\\n\\r\\n
            Host with path             | 400 | GET / HTTP/1.1\\r\\nHost: a/b\\r\\n\\r\\n
            Host with bad port         | 400 | GET / HTTP/1.1\\r\\nHost: a:8x\\r\\n\\r\\n
            connection names Host      | 400 | GET / HTTP/1.1\\r\\nHost: a\\r\\nConnection: host\\r\\n\\r\\n
            connection names CL        | 400 | POST / HTTP/1.1\\r\\nHost: a\\r\\nConnection: content-length\\r\\nContent-Length: 1\\r\\n\\r\\nx
            blank in target            | 400 | GET /a b HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n
            two blanks                 | 400 | GET  / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n
            tab between parts          | 400 | GET\\t/ HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n
            blank after version        | 400 | GET / HTTP/1.1 \\r\\nHost: a\\r\\n\\r\\n
            fragment                   | 400 | GET /a#b HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n
            high byte in target        | 400 | GET /\\351 HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n
            relative target            | 400 | GET a HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n
            star for GET               | 400 | GET * HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n
            foreign scheme             | 400 | GET ftp://a/ HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n
            user in absolute form      | 400 | GET http://u@a/ HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n
            CONNECT without port       | 400 | CONNECT a HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n
            CONNECT with body          | 400 | CONNECT a:1 HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 4\\r\\n\\r\\nabcd
            HTTP/0.9                   | 400 | GET /\\r\\n\\r\\n
            HTTP/1.0                   | 426 | GET / HTTP/1.0\\r\\n\\r\\n
            HTTP/2.0                   | 505 | GET / HTTP/2.0\\r\\nHost: a\\r\\n\\r\\n
            lower-case version         | 400 | GET / http/1.1\\r\\nHost: a\\r\\n\\r\\n
            TLS record                 | 400 | \\26\\3\\1\\2\\r\\n\\r\\n
            """)
    void refuses(String name, int status, String bytes) {
        var server = RecordingServer.silent().receive(bytes.translateEscapes());

        assertThat(server.exchanges).isEmpty();
        assertThat(server.rejections).hasSize(1);
        assertThat(server.sent()).startsWith("HTTP/1.1 " + status + " ").contains("connection: close");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            no size                | \\r\\n
            size with 0x           | 0x3\\r\\nabc\\r\\n0\\r\\n\\r\\n
            size with sign         | -1\\r\\nabc\\r\\n0\\r\\n\\r\\n
            size with blank        | 3 \\r\\nabc\\r\\n0\\r\\n\\r\\n
            size too large         | 1000000000000000\\r\\nabc
            bare LF after size     | 3\\nabc\\r\\n0\\r\\n\\r\\n
            bare LF in extension   | 3;a\\nabc\\r\\n0\\r\\n\\r\\n
            data longer than size  | 3\\r\\nabcd\\r\\n0\\r\\n\\r\\n
            bare LF after data     | 3\\r\\nabc\\n0\\r\\n\\r\\n
            trailer Content-Length | 0\\r\\nContent-Length: 3\\r\\n\\r\\n
            bare LF in trailers    | 0\\r\\nX: y\\n\\r\\n
            """)
    void refusesChunk(String name, String body) {
        var server = RecordingServer.silent()
                .receive("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + body.translateEscapes());

        assertThat(server.last().events).contains("reset PROTOCOL_ERROR");
        assertThat(server.sent()).startsWith("HTTP/1.1 400 ");
    }
}
