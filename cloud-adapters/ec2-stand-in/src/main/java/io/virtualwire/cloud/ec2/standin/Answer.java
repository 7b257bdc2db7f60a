package io.virtualwire.cloud.ec2.standin;

import java.io.StringWriter;
import java.util.Collection;
import java.util.Map;
import java.util.function.Consumer;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** An answer in the making: XML as EC2 shapes it. */
final class Answer {
    static final String NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/";

    private final StringWriter text = new StringWriter();
    private final XMLStreamWriter xml;

    private Answer() {
        try {
            xml = XMLOutputFactory.newFactory().createXMLStreamWriter(text);
            xml.writeStartDocument("UTF-8", "1.0");
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
    }

    static String of(String action, String requestId, Consumer<Answer> content) {
        Answer answer = new Answer();
        try {
            answer.xml.writeStartElement(action + "Response");
            answer.xml.writeDefaultNamespace(NAMESPACE);
            answer.value("requestId", requestId);
            content.accept(answer);
            answer.xml.writeEndDocument();
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
        return answer.text.toString();
    }

    static String of(ApiError error, String requestId) {
        Answer answer = new Answer();
        answer.structure("Response", response -> {
            response.structure(
                    "Errors",
                    errors -> errors.structure("Error", one -> {
                        one.value("Code", error.code());
                        one.value("Message", String.valueOf(error.getMessage()));
                    }));
            response.value("RequestID", requestId);
        });
        return answer.text.toString();
    }

    void value(String name, Object value) {
        structure(name, inside -> {
            try {
                inside.xml.writeCharacters(value.toString());
            } catch (XMLStreamException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    void structure(String name, Consumer<Answer> content) {
        try {
            xml.writeStartElement(name);
            content.accept(this);
            xml.writeEndElement();
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A set: {@code <name><item>…</item>…</name>}. */
    <T> void items(String name, Collection<T> items, java.util.function.BiConsumer<Answer, T> content) {
        structure(name, set -> items.forEach(item -> set.structure("item", inside -> content.accept(inside, item))));
    }

    /** A set of plain values. */
    void values(String name, Collection<?> values) {
        structure(name, set -> values.forEach(value -> set.value("item", value)));
    }

    void tags(Map<String, String> tags) {
        items("tagSet", tags.entrySet(), (item, tag) -> {
            item.value("key", tag.getKey());
            item.value("value", tag.getValue());
        });
    }
}
