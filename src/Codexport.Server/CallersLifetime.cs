using Microsoft.Extensions.Hosting;

namespace Codexport.Server;

/// <summary>Leaves signals to whoever runs the server: it may be one of several in a process, or a part of a test.</summary>
internal sealed class CallersLifetime : IHostLifetime
{
    /// <inheritdoc/>
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
