package io.virtualwire.connector.journal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.util.List;

/** Entries as the payload of a frame. Unknown fields are passed over, so the next release's journal can be read. */
final class EntryCodec {
    private static final TypeReference<List<JournalEntry>> ENTRIES = new TypeReference<>() {};

    /** One for all: learning what the records look like takes a hundred times as long as reading a journal. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .addModule(new Jdk8Module())
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .build();

    private static final ObjectReader READER = JSON.readerFor(ENTRIES);
    private static final ObjectWriter WRITER = JSON.writerFor(ENTRIES);

    byte[] encode(List<JournalEntry> entries) {
        try {
            return WRITER.writeValueAsBytes(entries);
        } catch (JsonProcessingException e) {
            throw new WireException(
                    ErrorCode.INTERNAL, "cannot write " + entries + " as JSON: " + e.getMessage(), "", e);
        }
    }

    List<JournalEntry> decode(byte[] payload) throws IOException {
        return READER.readValue(payload);
    }
}
