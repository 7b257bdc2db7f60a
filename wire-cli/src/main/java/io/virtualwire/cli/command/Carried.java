package io.virtualwire.cli.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.virtualwire.client.ApiJson;
import io.virtualwire.client.CertificateAnswer;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.enrolment.CarriedEnrolment;
import java.io.IOException;
import java.io.InputStream;

/** What is carried between a daemon and an authority that do not reach one another, as one line of JSON. */
final class Carried {
    private Carried() {}

    static String write(CarriedEnrolment.Question question) {
        try {
            return ApiJson.lenient().writeValueAsString(question);
        } catch (JsonProcessingException e) {
            throw new WireException(ErrorCode.INTERNAL, "cannot write a request", "", e);
        }
    }

    static CertificateAnswer read(InputStream from) {
        try {
            return ApiJson.lenient().readValue(from, CertificateAnswer.class);
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "standard input has no authority's answer",
                    "give what the authority answered to 'wire identity request', whole",
                    e);
        }
    }
}
