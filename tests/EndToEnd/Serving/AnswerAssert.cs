using System.Net;
using System.Text.Json.Nodes;
using Codexport.Engine.Errors;
using Codexport.Engine.Protocol;

namespace Codexport.Tests.Serving;

internal static class AnswerAssert
{
    /// <summary>A typed error with the protocol version on it.</summary>
    public static async Task<string> IsErrorAsync(HttpResponseMessage response, HttpStatusCode status, ErrorCode code)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(status == response.StatusCode, $"{response.StatusCode}: {text}");
        Assert.Equal("1", Assert.Single(response.Headers.GetValues(ProtocolConstants.VersionHeader)));
        var error = JsonNode.Parse(text)!["error"]!;
        Assert.Equal(code.ToString(), (string?)error["code"]);
        return (string)error["message"]!;
    }
}
