param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $user = (New-Item -ItemType Directory (Join-Path $TestDrive 'user')).FullName
    Install-CodexportShellIntegration Bash -HomePath $user
}

Describe 'Get-CodexportShellIntegration' {
    It 'shows every shell, or those that are named' {
        (Get-CodexportShellIntegration -HomePath $user).Shell | Should -Be 'pwsh', 'bash', 'zsh', 'fish'
        (Get-CodexportShellIntegration Zsh, Bash -HomePath $user).Shell | Sort-Object | Should -Be 'bash', 'zsh'
    }

    It 'tells where it is installed' {
        (Get-CodexportShellIntegration -HomePath $user | Where-Object Installed).Shell | Should -Be 'bash'
        (Get-CodexportShellIntegration Bash -HomePath $user).File | Should -Be (Join-Path $user '.bashrc')
    }

    It 'sees that the block is another than it would write' {
        (Get-Content -Raw $user/.bashrc) -replace 'command codex', 'command other' | Set-Content -NoNewline $user/.bashrc
        $status = Get-CodexportShellIntegration Bash -HomePath $user
        $status.Installed | Should -BeTrue
        $status.Current | Should -BeFalse
    }

    It 'changes nothing' {
        $before = Get-Snapshot $TestDrive
        Get-CodexportShellIntegration -HomePath $user | Out-Null
        Get-Snapshot $TestDrive | Should -Be $before
    }

    It 'completes the shells' {
        $line = 'Get-CodexportShellIntegration -Shell '
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Sort-Object | Should -Be 'Bash', 'Fish', 'Pwsh', 'Zsh'
    }

    It 'writes what the program prints' {
        Assert-SameJson @(Get-CodexportShellIntegration -HomePath $user) (Get-ProgramJson $ProgramPath $user 'shell', 'status').shells
    }

    It 'has a table and a list' {
        Assert-View (Get-CodexportShellIntegration -HomePath $user) 'Codexport.Engine.Results.ShellIntegrationInfo'
    }

    It 'refuses a shell that it does not know' {
        (Get-ErrorOf { Get-CodexportShellIntegration Cmd -HomePath $user }).FullyQualifiedErrorId | Should -BeLike 'CannotConvertArgumentNoMessage,*'
    }
}
