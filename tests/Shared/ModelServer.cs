using System.Globalization;
using System.Net;
using System.Text;

namespace Codexport.Tests.Shared;

/// <summary>
/// A model provider on loopback that answers every request with one word, and keeps what it was asked: sessions of the real Codex need no
/// account with it. On HttpListener, because the benchmarks do without ASP.NET.
/// </summary>
internal sealed class ModelServer : IAsyncDisposable
{
    private static readonly byte[] Answer = Encoding.UTF8.GetBytes(
        """
        event: response.created
        data: {"type":"response.created","response":{"id":"r1"}}

        event: response.output_item.done
        data: {"type":"response.output_item.done","item":{"type":"message","role":"assistant","id":"m1","content":[{"type":"output_text","text":"hello"}]}}

        event: response.completed
        data: {"type":"response.completed","response":{"id":"r1","usage":{"input_tokens":1,"input_tokens_details":null,"output_tokens":1,"output_tokens_details":null,"total_tokens":2}}}


        """);

    private readonly HttpListener _listener;
    private readonly string _url;
    private readonly Task _serving;
    private readonly List<string> _requests = [];

    /// <summary>Starts it on a free port.</summary>
    public ModelServer()
    {
        (_listener, _url) = Listen();
        _serving = ServeAsync();
    }

    /// <summary>The bodies of the requests so far.</summary>
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
    public string Configuration => $"""
        model = "test"
        model_provider = "local"

        [model_providers.local]
        name = "local"
        base_url = "{_url}v1"
        wire_api = "responses"

        """;

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }

    private static (HttpListener Listener, string Url) Listen()
    {
        for (var attempt = 1; ; attempt++)
        {
            var listener = new HttpListener();
            var url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{LoopbackPort.FindFree()}/");
            listener.Prefixes.Add(url);
            try
            {
                listener.Start();
                return (listener, url);
            }
            catch (HttpListenerException) when (attempt < 10)
            {
                // Somebody was quicker to take that port.
            }
        }
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                await AnswerAsync(await _listener.GetContextAsync());
            }
            catch (Exception error) when (error is HttpListenerException or IOException or ObjectDisposedException or InvalidOperationException)
            {
                // The server was closed, which ends the loop, or the client went away.
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext http)
    {
        using var response = http.Response;
        if (http.Request is not { HttpMethod: "POST", Url.AbsolutePath: "/v1/responses" })
        {
            response.StatusCode = (int)HttpStatusCode.NotFound;
            return;
        }

        using var reader = new StreamReader(http.Request.InputStream, Encoding.UTF8);
        var request = await reader.ReadToEndAsync();
        lock (_requests)
        {
            _requests.Add(request);
        }

        response.ContentType = "text/event-stream";
        await response.OutputStream.WriteAsync(Answer);
    }
}
