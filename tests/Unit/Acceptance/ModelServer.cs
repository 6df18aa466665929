using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Codexport.Tests.Acceptance;

/// <summary>A model provider that answers every request with one word, and keeps what it was asked.</summary>
internal sealed class ModelServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly List<string> _requests = [];

    private ModelServer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapPost("/v1/responses", (RequestDelegate)AnswerAsync);
    }

    public string Url => _app.Urls.Single();

    public IReadOnlyList<string> Requests
    {
        get
        {
            lock (_requests)
            {
                return [.. _requests];
            }
        }
    }

    /// <summary>The lines of <c>config.toml</c> that make Codex talk to it.</summary>
    public string Configuration => string.Create(CultureInfo.InvariantCulture, $"""
        model = "test"
        model_provider = "local"

        [model_providers.local]
        name = "local"
        base_url = "{Url}/v1"
        wire_api = "responses"

        """);

    public static async Task<ModelServer> StartAsync(CancellationToken cancellationToken)
    {
        var server = new ModelServer();
        await server._app.StartAsync(cancellationToken);
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body, Encoding.UTF8);
        var request = await reader.ReadToEndAsync(http.RequestAborted);
        lock (_requests)
        {
            _requests.Add(request);
        }

        http.Response.ContentType = "text/event-stream";
        await http.Response.WriteAsync(
            """
            event: response.created
            data: {"type":"response.created","response":{"id":"r1"}}

            event: response.output_item.done
            data: {"type":"response.output_item.done","item":{"type":"message","role":"assistant","id":"m1","content":[{"type":"output_text","text":"hello"}]}}

            event: response.completed
            data: {"type":"response.completed","response":{"id":"r1","usage":{"input_tokens":1,"input_tokens_details":null,"output_tokens":1,"output_tokens_details":null,"total_tokens":2}}}


            """,
            http.RequestAborted);
    }
}
