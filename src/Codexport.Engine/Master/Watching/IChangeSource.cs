using Codexport.Engine.Master.Building;

namespace Codexport.Engine.Master.Watching;

/// <summary>Who tells that something in the Codex home may have changed.</summary>
internal interface IChangeSource : IDisposable
{
    /// <summary>
    /// Begins, or adapts to what is there now: new top-level items, links turned elsewhere.
    /// </summary>
    /// <param name="changed">Called from any thread for every change that may matter.</param>
    /// <param name="failed">Called from any thread when changes can no longer be told.</param>
    /// <returns>Whether something is watched that was not: what happened there before must be looked for.</returns>
    /// <exception cref="IOException">The system cannot tell of changes, such as when its watches are used up.</exception>
    bool Refresh(Action<HomeChange> changed, Action<Exception> failed);
}
