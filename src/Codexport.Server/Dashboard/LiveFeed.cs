using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Codexport.Server.Dashboard;

/// <summary>
/// Tells open pages that something changed, as server-sent events; what it is they fetch themselves. Changes that come fast are told once.
/// </summary>
internal sealed class LiveFeed(TimeProvider time)
{
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Pulse = TimeSpan.FromSeconds(15);

    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = New();
    private long _version;

    /// <summary>Notes a change.</summary>
    public void Change()
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            _version++;
            (changed, _changed) = (_changed, New());
        }

        changed.TrySetResult();
    }

    /// <summary>Tells one page until it goes or the server stops.</summary>
    public async Task SendAsync(HttpContext context, CancellationToken stopping)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        context.Response.ContentType = "text/event-stream";
        try
        {
            // A page that reconnects may have missed something: the first event tells it where things stand.
            var told = -1L;
            while (true)
            {
                var (version, changed) = Look();
                await WriteAsync(context, version == told ? ":\n\n" : string.Create(CultureInfo.InvariantCulture, $"id: {version}\nevent: change\ndata: {version}\n\n"), ended.Token);
                told = version;
                await Task.Delay(Rest, time, ended.Token);
                await Task.WhenAny(changed, Task.Delay(Pulse, time, ended.Token));
                ended.Token.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException)
        {
            // The page is gone, or the server stops.
            return;
        }
    }

    private static async Task WriteAsync(HttpContext context, string text, CancellationToken cancellationToken)
    {
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
        await context.Response.Body.FlushAsync(cancellationToken);
    }

    private (long Version, Task Changed) Look()
    {
        lock (_gate)
        {
            return (_version, _changed.Task);
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
