package io.virtualwire.node;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.virtualwire.client.ErrorBody;
import io.virtualwire.topology.MemberRecord;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What it is answered.
 *
 * @param error why not; null if it is a member
 * @param members all that there are, the asker among them
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record JoinAnswer(@Nullable ErrorBody error, List<MemberRecord> members) {
    JoinAnswer {
        members = List.copyOf(members);
    }
}
