param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $master = New-TestHome (Join-Path $TestDrive 'master')
    $follower = Join-Path $TestDrive 'follower'
    New-Item -ItemType Directory $follower | Out-Null
    $init = Initialize-CodexportMaster -HomePath $master -PassThru
    $server = Start-TestMaster $ProgramPath $master
    $link = (New-CodexportJoinLink 127.0.0.1 -Port $server.Port -HomePath $master).JoinLink

    # What a block writes is gone after it, so the follower is made here: joined, with a backup of what it had.
    New-Item -ItemType Directory $follower/.codex | Out-Null
    Set-Content $follower/.codex/config.toml 'model = "mine"'
    $joined = 'not a link', $link | Join-CodexportFollower -HomePath $follower -Adopt -ErrorAction SilentlyContinue -ErrorVariable failures -WarningAction SilentlyContinue

    # The names of the fields that the program prints; of a list, those of its items.
    function Get-ProgramField([string[]] $Arguments, [string] $List, [string] $UserHome) {
        $json = & $ProgramPath @Arguments --json --home $UserHome | ConvertFrom-Json
        ($List ? @($json.$List)[0] : $json).PSObject.Properties.Name | Sort-Object
    }

    function Get-CmdletField($Result) {
        (@($Result)[0] | ConvertTo-Json -Depth 5 -EnumsAsStrings -WarningAction SilentlyContinue | ConvertFrom-Json).PSObject.Properties.Name | Sort-Object
    }
}

AfterAll { Stop-TestMaster $server }

Describe 'a pipeline of links' {
    It 'goes on after a bad one' {
        $joined.Status | Should -Be 'Applied'
        @($failures).Count | Should -Be 1
        $failures[0].FullyQualifiedErrorId | Should -BeLike 'JoinLinkInvalid,*'
    }
}

Describe 'the fields of a result' {
    It 'are the program''s: master init' {
        Get-CmdletField $init | Should -Be (Get-ProgramField 'master', 'init' '' $master)
    }

    It 'are the program''s: <Name>' -ForEach @(
        @{ Name = 'status'; Arguments = @('status'); List = ''; Run = { Get-CodexportStatus -HomePath $follower } }
        @{ Name = 'backup list'; Arguments = @('backup', 'list'); List = 'backups'; Run = { Get-CodexportBackup -HomePath $follower } }
        @{ Name = 'hook status'; Arguments = @('hook', 'status'); List = ''; Run = { Get-CodexportHook -HomePath $follower } }
        @{ Name = 'shell status'; Arguments = @('shell', 'status'); List = 'shells'; Run = { Get-CodexportShellIntegration -HomePath $follower } }
        @{ Name = 'doctor'; Arguments = @('doctor'); List = 'findings'; Run = { Test-CodexportInstallation -HomePath $follower } }
    ) {
        $result = & $Run
        $result | Should -Not -BeNullOrEmpty
        Get-CmdletField $result | Should -Be (Get-ProgramField $Arguments $List $follower)
    }

    It 'are the program''s: <Name>' -ForEach @(
        @{ Name = 'master followers'; Arguments = @('master', 'followers'); List = 'followers'; Run = { Get-CodexportFollower -HomePath $master } }
        @{ Name = 'master rebuild'; Arguments = @('master', 'rebuild'); List = ''; Run = { Update-CodexportBundle -HomePath $master -PassThru } }
        @{ Name = 'master link'; Arguments = @('master', 'link', '--host', 'localhost'); List = ''; Run = { New-CodexportJoinLink localhost -HomePath $master } }
    ) {
        Get-CmdletField (& $Run) | Should -Be (Get-ProgramField $Arguments $List $master)
    }

    It 'are the program''s: sync' {
        Get-CmdletField (Sync-CodexportFollower -HomePath $follower) | Should -Be (Get-ProgramField 'sync' '' $follower)
    }

    It 'are the program''s: diff' {
        Set-Content $follower/.codex/skills/one/SKILL.md 'mine'
        Get-CmdletField (Compare-CodexportFollower -HomePath $follower) | Should -Be (Get-ProgramField 'diff' 'changes' $follower)
    }
}

Describe '-WhatIf of <Name>' -ForEach @(
    @{ Name = 'Sync-CodexportFollower'; Run = { Sync-CodexportFollower -HomePath $follower -WhatIf } }
    @{ Name = 'Sync-CodexportFollower -Quick'; Run = { Sync-CodexportFollower -Quick -HomePath $follower -WhatIf } }
    @{ Name = 'Join-CodexportFollower'; Run = { Join-CodexportFollower $link -HomePath $follower -WhatIf } }
    @{ Name = 'Install-CodexportRevision'; Run = { Install-CodexportRevision -HomePath $follower -PassThru -WhatIf } }
    @{ Name = 'Restore-CodexportBackup'; Run = { Restore-CodexportBackup any -HomePath $follower -PassThru -WhatIf } }
    @{ Name = 'Reset-CodexportTrust'; Run = { Reset-CodexportTrust -HomePath $follower -PassThru -WhatIf } }
    @{ Name = 'Remove-CodexportFollower'; Run = { Remove-CodexportFollower -HomePath $follower -PassThru -WhatIf } }
    @{ Name = 'Install-CodexportHook'; Run = { Install-CodexportHook -HomePath $follower -PassThru -WhatIf } }
    @{ Name = 'Uninstall-CodexportHook'; Run = { Uninstall-CodexportHook -HomePath $follower -PassThru -WhatIf } }
    @{ Name = 'Install-CodexportShellIntegration'; Run = { Install-CodexportShellIntegration Bash, Pwsh -HomePath $follower -WhatIf } }
    @{ Name = 'Uninstall-CodexportShellIntegration'; Run = { Uninstall-CodexportShellIntegration Bash -HomePath $follower -WhatIf } }
    @{ Name = 'Initialize-CodexportMaster'; Run = { Initialize-CodexportMaster -Port 17400 -HomePath $master -PassThru -WhatIf } }
    @{ Name = 'New-CodexportJoinLink'; Run = { New-CodexportJoinLink localhost -Renew -HomePath $master -WhatIf } }
    @{ Name = 'Update-CodexportBundle'; Run = { Update-CodexportBundle -AcceptDeletions -HomePath $master -PassThru -WhatIf } }
    @{ Name = 'Approve-CodexportFollower'; Run = { Approve-CodexportFollower any -HomePath $master -PassThru -WhatIf } }
    @{ Name = 'Revoke-CodexportFollower'; Run = { Revoke-CodexportFollower any -HomePath $master -PassThru -WhatIf } }
    @{ Name = 'Install-CodexportService'; Run = { Install-CodexportService -HomePath $master -WhatIf -WarningAction SilentlyContinue } }
    @{ Name = 'Uninstall-CodexportService'; Run = { Uninstall-CodexportService -HomePath $master -WhatIf -WarningAction SilentlyContinue } }
    @{ Name = 'Install-CodexportTimer'; Run = { Install-CodexportTimer -HomePath $follower -WhatIf -WarningAction SilentlyContinue } }
    @{ Name = 'Uninstall-CodexportTimer'; Run = { Uninstall-CodexportTimer -HomePath $follower -WhatIf -WarningAction SilentlyContinue } }
    @{ Name = 'Start-CodexportMaster'; Run = { Start-CodexportMaster 127.0.0.1 -Port 0 -HomePath $master -WhatIf } }
) {
    BeforeAll { Stop-TestMaster $server }

    It 'changes nothing and writes nothing' {
        $before = Get-Snapshot $TestDrive
        & $Run | Should -BeNullOrEmpty
        Get-Snapshot $TestDrive | Should -Be $before
    }
}

Describe 'paths' {
    It 'are those of PowerShell''s drives and current location' {
        New-PSDrive -Name homes -PSProvider FileSystem -Root $TestDrive | Out-Null
        (Get-CodexportStatus -HomePath homes:/follower).Role | Should -Be 'follower'
        Push-Location $TestDrive
        try { (Get-CodexportStatus -HomePath ./follower).Role | Should -Be 'follower' } finally { Pop-Location }
    }

    It 'are taken as they are written' {
        $odd = New-TestHome (Join-Path $TestDrive 'odd [1] *'.Replace('*', $IsWindows ? 'x' : '*'))
        (Get-CodexportStatus -HomePath $odd).CodexFolder | Should -BeLike '*odd*'
    }

    It 'of another provider are refused' {
        $record = $null
        try { Get-CodexportStatus -HomePath Env:/HOME } catch { $record = $_ }
        $record.FullyQualifiedErrorId | Should -BeLike 'InvalidUsage,*'
        $record.TargetObject | Should -Be 'Env:/HOME'
    }
}

Describe 'completion' {
    It 'offers the kept revisions and the backups' {
        $revision = (Get-CodexportStatus -HomePath $follower).Revision
        $line = "Install-CodexportRevision -HomePath '$follower' -Revision "
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Contain $revision
        $line = "Restore-CodexportBackup -HomePath '$follower' -Name "
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Be (Get-CodexportBackup -HomePath $follower).Name
        $line = "Restore-CodexportBackup -HomePath '$(Join-Path $TestDrive nowhere)' -Name zz"
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Where-Object { $_ -like '2*' } | Should -BeNullOrEmpty
    }
}

Describe 'the views' {
    It 'show three to six columns' {
        [xml] $views = Get-Content -Raw (Join-Path (Get-Module Codexport).ModuleBase 'Codexport.Format.ps1xml')
        foreach ($view in $views.Configuration.ViewDefinitions.View | Where-Object TableControl) {
            @($view.TableControl.TableHeaders.TableColumnHeader).Count | Should -BeIn 3, 4, 5, 6 -Because $view.Name
        }
    }
}

Describe 'a backup of the hook' {
    It 'comes back without touching what was last applied' {
        Install-CodexportHook -HomePath $follower -WarningAction SilentlyContinue
        Uninstall-CodexportHook -HomePath $follower
        $applied = Get-Content -Raw $follower/.codexport/state/applied.json
        (Get-CodexportBackup -HomePath $follower)[0].Label | Should -Be 'hook uninstall'
        (Get-CodexportBackup -HomePath $follower)[0] | Restore-CodexportBackup -HomePath $follower
        Get-Content -Raw $follower/.codexport/state/applied.json | Should -Be $applied
        (Get-CodexportHook -HomePath $follower).Installed | Should -BeTrue
    }
}
