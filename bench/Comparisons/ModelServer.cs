using System.Globalization;
using System.Net;
using System.Text;

namespace Codexport.Benchmarks.Comparisons;

/// <summary>A model provider on loopback that answers every request with one word, so that sessions of Codex need no account.</summary>
internal sealed class ModelServer : IDisposable
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

    private readonly HttpListener _listener = new();
    private readonly int _port = Workbench.FreePort();
    private readonly Task _serving;

    public ModelServer()
    {
        _listener.Prefixes.Add(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}/"));
        _listener.Start();
        _serving = ServeAsync();
    }

    /// <summary>The lines of <c>config.toml</c> that make Codex talk to it.</summary>
    public string Configuration => string.Create(CultureInfo.InvariantCulture, $"""
        model = "test"
        model_provider = "local"

        [model_providers.local]
        name = "local"
        base_url = "http://127.0.0.1:{_port}/v1"
        wire_api = "responses"

        """);

    public void Dispose()
    {
        _listener.Close();
        _serving.Wait();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var http = await _listener.GetContextAsync();
                await http.Request.InputStream.CopyToAsync(Stream.Null);
                http.Response.ContentType = "text/event-stream";
                await http.Response.OutputStream.WriteAsync(Answer);
                http.Response.Close();
            }
        }
        catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
        {
            // The comparison is over.
        }
    }
}
