package io.virtualwire.log;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.io.IOException;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * What became of a command, as the leader tells the node that proposed it: the index that a reader must have applied,
 * and the refusal if there was one.
 */
record Outcome(long index, @Nullable Refusal refusal) {
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    /** A {@link WireException} that travels. */
    record Refusal(ErrorCode code, String message, String hint) {}

    static Outcome applied(long index) {
        return new Outcome(index, null);
    }

    static Outcome refused(long index, WireException refusal) {
        String message = String.valueOf(refusal.getMessage());
        return new Outcome(index, new Refusal(refusal.code(), message, refusal.hint()));
    }

    static Outcome of(Message message) {
        try {
            return JSON.readValue(message.getContent().toByteArray(), Outcome.class);
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.INTERNAL, "cannot read what the log's leader answered", "run one release everywhere", e);
        }
    }

    Message message() {
        try {
            return Message.valueOf(ByteString.copyFrom(JSON.writeValueAsBytes(this)));
        } catch (JsonProcessingException e) {
            throw new WireException(ErrorCode.INTERNAL, "cannot write a log's answer", "", e);
        }
    }

    void orThrow() {
        if (refusal != null) {
            throw new WireException(refusal.code(), refusal.message(), refusal.hint());
        }
    }
}
