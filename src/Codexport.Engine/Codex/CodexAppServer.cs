using System.Text.Json;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Processes;

namespace Codexport.Engine.Codex;

/// <summary>A hook as Codex itself sees it.</summary>
/// <param name="Key">Its key below <c>[hooks.state]</c>.</param>
/// <param name="Command">What it runs.</param>
/// <param name="SourceFile">The file that defines it.</param>
/// <param name="IsEnabled">Whether it is switched on.</param>
/// <param name="Hash">Its hash now.</param>
/// <param name="TrustStatus"><c>untrusted</c>, <c>trusted</c>, <c>modified</c> or <c>managed</c>.</param>
internal sealed record ListedHook(string Key, string? Command, string SourceFile, bool IsEnabled, string Hash, string TrustStatus);

/// <summary>Talks with <c>codex app-server</c>: one JSON object a line on its standard streams.</summary>
internal sealed class CodexAppServer : IAsyncDisposable
{
    // A server that keeps talking about other things is not waited for without end.
    private const int MaxLinesBeforeAnswer = 10_000;

    private readonly IRunningProcess _process;
    private int _lastId;

    private readonly List<string> _warnings = [];

    private CodexAppServer(IRunningProcess process) => _process = process;

    /// <summary>What Codex has warned of so far: broken agents, and hooks that it could not read.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Starts it on a home and says hello.</summary>
    /// <param name="context">The home and the programs.</param>
    /// <param name="codex">The program.</param>
    /// <param name="environment">Variables to change, such as <c>CODEX_HOME</c>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<CodexAppServer> StartAsync(
        EngineContext context, CodexProgram codex, IReadOnlyDictionary<string, string?> environment, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(codex);
        var server = new CodexAppServer(context.Processes.Start(new ProcessRequest(codex.Path, ["app-server"]) { Environment = environment }));
        try
        {
            using (await server.AskAsync("initialize", WriteClient, cancellationToken).ConfigureAwait(false))
            {
                await server.SendAsync(Message("initialized", id: null, parameters: null), cancellationToken).ConfigureAwait(false);
            }

            return server;
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The hooks that Codex finds for a working folder.</summary>
    public async Task<IReadOnlyList<ListedHook>> ListHooksAsync(string workingFolder, CancellationToken cancellationToken)
    {
        using var answer = await AskAsync(
            "hooks/list",
            json =>
            {
                json.WriteStartObject();
                json.WriteStartArray("cwds"u8);
                json.WriteStringValue(workingFolder);
                json.WriteEndArray();
                json.WriteEndObject();
            },
            cancellationToken).ConfigureAwait(false);
        try
        {
            var folders = answer.RootElement.GetProperty("result").GetProperty("data").EnumerateArray().ToList();
            _warnings.AddRange(folders.Where(folder => folder.TryGetProperty("warnings", out _))
                .SelectMany(folder => folder.GetProperty("warnings").EnumerateArray())
                .Select(warning => warning.ToString()));
            return [.. folders.SelectMany(folder => folder.GetProperty("hooks").EnumerateArray()).Select(Read)];
        }
        catch (Exception error) when (error is KeyNotFoundException or InvalidOperationException)
        {
            throw Unexpected("hooks/list", "its answer has an unknown shape", error);
        }
    }

    /// <summary>Ends the server.</summary>
    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static void WriteClient(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartObject("clientInfo"u8);
        json.WriteString("name"u8, "codexport"u8);
        json.WriteString("version"u8, typeof(CodexAppServer).Assembly.GetName().Version?.ToString(3));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static ListedHook Read(JsonElement hook) => new(
        hook.GetProperty("key").GetString()!,
        hook.TryGetProperty("command", out var command) ? command.GetString() : null,
        hook.GetProperty("sourcePath").GetString()!,
        hook.GetProperty("enabled").GetBoolean(),
        hook.GetProperty("currentHash").GetString()!,
        hook.GetProperty("trustStatus").GetString()!);

    private static string Message(string method, int? id, Action<Utf8JsonWriter>? parameters)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (id is not null)
            {
                json.WriteNumber("id"u8, id.Value);
            }

            json.WriteString("method"u8, method);
            if (parameters is not null)
            {
                json.WritePropertyName("params"u8);
                parameters(json);
            }

            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static CodexportException Unexpected(string method, string what, Exception? inner = null) => new(
        ErrorCode.FileUnreadable,
        $"'codex app-server' did not answer '{method}': {what}.",
        "Update Codex, or look at what it says when you start it.",
        "codex",
        inner);

    private async Task<JsonDocument> AskAsync(string method, Action<Utf8JsonWriter> parameters, CancellationToken cancellationToken)
    {
        var id = ++_lastId;
        await SendAsync(Message(method, id, parameters), cancellationToken).ConfigureAwait(false);
        for (var lines = 0; lines < MaxLinesBeforeAnswer; lines++)
        {
            if (await _process.Output.ReadLineAsync(cancellationToken).ConfigureAwait(false) is not { } line)
            {
                throw Unexpected(method, "it ended");
            }

            if (TryReadAnswer(line, id) is { } answer)
            {
                return answer.RootElement.TryGetProperty("error", out var error) ? throw Refused(method, answer, error) : answer;
            }

            NoteWarning(line);
        }

        throw Unexpected(method, "it says other things without end");
    }

    private static CodexportException Refused(string method, JsonDocument answer, JsonElement error)
    {
        using (answer)
        {
            var message = error.TryGetProperty("message", out var text) ? text.ToString() : "it refused";
            return Unexpected(method, message.TrimEnd('.'));
        }
    }

    private void NoteWarning(string line)
    {
        if (!line.Contains("\"configWarning\"", StringComparison.Ordinal))
        {
            return;
        }

        try
        {
            using var json = JsonDocument.Parse(line);
            if (json.RootElement.TryGetProperty("params", out var parameters) && parameters.TryGetProperty("summary", out var summary))
            {
                _warnings.Add(summary.ToString());
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // A line that only quotes the word.
            return;
        }
    }

    private static JsonDocument? TryReadAnswer(string line, int id)
    {
        try
        {
            var json = JsonDocument.Parse(line);
            if (json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("id", out var number)
                && number.ValueKind == JsonValueKind.Number
                && number.GetInt32() == id)
            {
                return json;
            }

            json.Dispose();
        }
        catch (JsonException)
        {
            // A line for people among those for programs.
            return null;
        }

        return null;
    }

    private async Task SendAsync(string message, CancellationToken cancellationToken)
    {
        try
        {
            await _process.Input.WriteLineAsync(message.AsMemory(), cancellationToken).ConfigureAwait(false);
            await _process.Input.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException error)
        {
            throw Unexpected("any question", "it ended", error);
        }
    }
}
