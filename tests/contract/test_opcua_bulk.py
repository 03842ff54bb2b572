"""Requests and answers with thousands of nodes: byte for byte what the library would send, and what it would read."""

from __future__ import annotations

import inspect
import uuid
from datetime import UTC, datetime

import pytest
from asyncua import ua
from asyncua.client.ua_client import UASocketProtocol
from asyncua.ua.ua_binary import struct_to_binary
from hypothesis import given
from hypothesis import strategies as st

from plugins.opcua import bulk, raw
from plugins.opcua.message import UnusualError

TEXT = st.text(max_size=12)
STRINGS = st.builds(
    lambda t, i: ua.NodeId(t, i, ua.NodeIdType.String), st.text(min_size=1, max_size=20), st.integers(0, 9)
)
NUMBERS = st.builds(ua.NodeId, st.integers(0, 2**32 - 1), st.integers(0, 300))
BYTES = st.builds(
    lambda b, i: ua.NodeId(b, i, ua.NodeIdType.ByteString), st.binary(min_size=1, max_size=8), st.integers(0, 9)
)
NODES = st.one_of(STRINGS, NUMBERS, BYTES)
ANY = st.one_of(NODES, st.builds(lambda u: ua.NodeId(u, 1), st.uuids()))


def parameters_of(request):
    """The library's bytes of a request behind its header."""
    whole = struct_to_binary(request)
    head = 4 + len(struct_to_binary(request.RequestHeader))
    return whole[head:]


def test_the_numbers_are_the_standards():
    ids = ua.ObjectIds
    assert ids.BrowseRequest_Encoding_DefaultBinary == bulk.BROWSE
    assert ids.ReadRequest_Encoding_DefaultBinary == bulk.READ
    assert ids.CreateMonitoredItemsRequest_Encoding_DefaultBinary == bulk.CREATE_ITEMS
    assert ids.BrowseResponse_Encoding_DefaultBinary == bulk.BROWSE_RESPONSE
    assert ids.CreateMonitoredItemsResponse_Encoding_DefaultBinary == bulk.CREATE_ITEMS_RESPONSE


def test_our_way_of_sending_is_the_librarys():
    """What raw.send does by itself; when the library's own changes, this says so."""
    lines = [line.strip() for line in inspect.getsource(UASocketProtocol._send_request).splitlines()]
    for line in (
        "self._setup_request_header(request.RequestHeader, timeout)", "self.revolve_security_token()",
        "self._request_id = next_request_id", "self._callbackmap[self._request_id] = future",
        "self.transport.write(msg)",
    ):  # fmt: skip
        assert line in lines, line
    assert inspect.iscoroutinefunction(raw.send)


@given(st.lists(st.tuples(ANY, st.sampled_from([13, 14, 17, 18])), max_size=5))
def test_reads(nodes):
    request = ua.ReadRequest()
    request.Parameters.TimestampsToReturn = ua.TimestampsToReturn.Both
    request.Parameters.NodesToRead = [ua.ReadValueId(NodeId=n, AttributeId=ua.AttributeIds(a)) for n, a in nodes]
    assert bulk.read_parameters(nodes, ua.TimestampsToReturn.Both) == parameters_of(request)


@given(st.lists(ANY, max_size=5))
def test_browses(nodes):
    request = ua.BrowseRequest()
    request.Parameters.View.Timestamp = datetime(1601, 1, 1, tzinfo=UTC)  # the library's is now; ours is none
    request.Parameters.NodesToBrowse = [
        ua.BrowseDescription(
            NodeId=node, BrowseDirection=ua.BrowseDirection.Forward,
            ReferenceTypeId=ua.NodeId(ua.ObjectIds.HierarchicalReferences), IncludeSubtypes=True, NodeClassMask=0,
            ResultMask=ua.BrowseResultMask.All,
        )
        for node in nodes
    ]  # fmt: skip
    assert bulk.browse_parameters(nodes) == parameters_of(request)


@given(st.lists(st.tuples(ANY, st.integers(0, 2**31), st.floats(0, 1e6), st.booleans(), st.floats(0, 9)), max_size=4))
def test_creations(items):
    request = ua.CreateMonitoredItemsRequest()
    request.Parameters.SubscriptionId = 77
    request.Parameters.TimestampsToReturn = ua.TimestampsToReturn.Both
    wishes = []
    for node, handle, sampling, filtered, band in items:
        wanted = ua.DataChangeFilter(
            Trigger=ua.DataChangeTrigger.StatusValueTimestamp, DeadbandType=ua.DeadbandType.Absolute, DeadbandValue=band
        )
        parameters = ua.MonitoringParameters(
            ClientHandle=handle, SamplingInterval=sampling, QueueSize=10, DiscardOldest=True
        )
        if filtered:
            parameters.Filter = wanted
        request.Parameters.ItemsToCreate.append(
            ua.MonitoredItemCreateRequest(
                ItemToMonitor=ua.ReadValueId(NodeId=node, AttributeId=ua.AttributeIds.Value),
                MonitoringMode=ua.MonitoringMode.Reporting, RequestedParameters=parameters,
            )
        )  # fmt: skip
        wishes.append(bulk.Wish(node, handle, sampling, bulk.filter_bytes(wanted if filtered else None), 10))
    assert bulk.create_parameters(77, wishes) == parameters_of(request)


@given(st.lists(st.tuples(st.sampled_from([0, 0x80340000]), st.integers(0, 2**31), st.floats(0, 1e5)), max_size=6))
def test_created_items(rows):
    response = ua.CreateMonitoredItemsResponse()
    response.Results = [
        ua.MonitoredItemCreateResult(ua.StatusCode(status), number, sampling, 10) for status, number, sampling in rows
    ]
    read = bulk.created(struct_to_binary(response))
    assert [(r.status, r.id, r.sampling_ms, r.queue) for r in read] == [(*row, 10) for row in rows]


def test_an_item_with_a_filter_result_is_left_to_the_library():
    response = ua.CreateMonitoredItemsResponse()
    result = ua.MonitoredItemCreateResult(ua.StatusCode(0), 1, 10.0, 1)
    result.FilterResult = ua.EventFilterResult()
    response.Results = [result]
    with pytest.raises(UnusualError):
        bulk.created(struct_to_binary(response))


REFERENCES = st.builds(
    lambda kind, node, name, shown, form, definition: ua.ReferenceDescription(
        ReferenceTypeId=ua.NodeId(*kind), IsForward=True,
        NodeId=ua.ExpandedNodeId(node.Identifier, node.NamespaceIndex, node.NodeIdType),
        BrowseName=ua.QualifiedName(name, 2), DisplayName=ua.LocalizedText(shown), NodeClass=form,
        TypeDefinition=ua.ExpandedNodeId(definition),
    ),
    st.sampled_from([(47, 0), (46, 0), (9, 3)]), NODES, TEXT, TEXT,
    st.sampled_from([ua.NodeClass.Object, ua.NodeClass.Variable, ua.NodeClass.Method]), st.integers(0, 70000),
)  # fmt: skip


@given(st.lists(st.tuples(st.lists(REFERENCES, max_size=4), st.binary(max_size=6)), max_size=4))
def test_browsed_nodes(nodes):
    response = ua.BrowseResponse()
    for references, point in nodes:
        result = ua.BrowseResult()
        result.References, result.ContinuationPoint = references, point
        response.Results.append(result)
    read = bulk.browsed(struct_to_binary(response))
    assert [(b.status, b.continuation) for b in read] == [(0, point) for _, point in nodes]
    for below, (references, _) in zip(read, nodes, strict=True):
        for link, told in zip(below.links, references, strict=True):
            node = told.NodeId
            assert (link.node.Identifier, link.node.NamespaceIndex) == (node.Identifier, node.NamespaceIndex)
            assert link.type == (told.ReferenceTypeId.Identifier if told.ReferenceTypeId.NamespaceIndex == 0 else 0)
            assert link.name == (told.BrowseName.Name or told.DisplayName.Text or "")
            assert link.node_class == told.NodeClass
            assert link.definition == told.TypeDefinition.Identifier


def test_a_guid_is_left_to_the_library_and_another_servers_node_is_no_part():
    response = ua.BrowseResponse()
    result = ua.BrowseResult()
    result.References = [ua.ReferenceDescription(NodeId=ua.ExpandedNodeId(uuid.UUID(int=7), 2))]
    response.Results = [result]
    with pytest.raises(UnusualError):
        bulk.browsed(struct_to_binary(response))
    result.References = [ua.ReferenceDescription(NodeId=ua.ExpandedNodeId(7, 2, ServerIndex=3))]
    assert bulk.browsed(struct_to_binary(response))[0].links[0].node is None


@given(st.binary(max_size=60))
def test_rubbish_is_never_more_than_unusual(tail):
    for kind, read in ((bulk.BROWSE_RESPONSE, bulk.browsed), (bulk.CREATE_ITEMS_RESPONSE, bulk.created)):
        head = b"\x01\x00" + kind.to_bytes(2, "little") + bytes(16) + b"\x00" + b"\xff\xff\xff\xff" + b"\x00\x00\x00"
        try:
            read(head + tail)
        except UnusualError:
            continue
