using Codexport.Engine.Protocol;

namespace Codexport.Server;

/// <summary>Where the server tells what happened. Called from several threads; must not block for long.</summary>
public interface IServerEventSink
{
    /// <summary>Takes an event.</summary>
    void Emit(ServerEvent happening);
}
