-- A host in Neovim, with the JSON-RPC of its language client.
local text, on_text, exit_code = '', function() end, nil

local sidecar = vim.lsp.rpc.start('llm-sidecar', {}, {
  notification = function(method, params)
    if method ~= 'llm/delta' then return end
    for _, delta in ipairs(params.deltas) do
      if delta.type == 'text' then text = text .. delta.text end
    end
    on_text()
  end,
  server_request = function(method, params)
    if method ~= 'hook/promptStart' then return nil, vim.lsp.rpc.rpc_response_error(-32601) end
    if params.prompt:find('swordfish') then return { action = 'reject', reason = 'That word stays here.' } end
    return { action = 'continue' }
  end,
  on_exit = function(code) exit_code = code end,
  on_error = function(code, problem) print(vim.inspect({ code, problem })) end,
})

-- An empty table would be written as []: {} is an empty dictionary.
local empty = vim.empty_dict()

--- Waits for the answer, while notifications come in. `begun` gets the id of the request.
local function request(method, params, begun)
  local answered, problem, result
  local _, id = sidecar.request(method, params, function(...)
    answered, problem, result = true, ...
  end)
  if begun then begun(id) end
  vim.wait(20000, function() return answered end)
  assert(answered, 'no answer to ' .. method)
  return result, problem
end

request('initialize', {
  protocolVersion = { min = 1, max = 1 },
  clientInfo = { name = 'neovim.lua', version = '1' },
  capabilities = empty,
  hooks = { { id = 'policy', point = 'promptStart', include = { 'content' } } },
})
local ids = vim.tbl_map(function(model) return model.id end, request('llm/models', empty).models)
io.write('models: ' .. table.concat(ids, ', '), '\n')

local params = { promptId = 'p1', model = 'test-fast', prompt = 'Hello', options = { chunks = 3 }, stream = empty }
local result = request('llm/prompt', params)
io.write('streamed: ' .. text, '\n')
io.write('the same: ' .. (text == result.text and 'yes' or 'no'), '\n')

params = { promptId = 'p2', model = 'test-endless', prompt = 'Go on', stream = empty }
result = request('llm/prompt', params, function(id)
  on_text = function()
    on_text = function() end
    sidecar.notify('$/cancelRequest', { id = id })
  end
end)
io.write('cancelled: ' .. result.stopReason, '\n')

params = { promptId = 'p3', model = 'echo', prompt = 'My password is swordfish', stream = empty }
local _, problem = request('llm/prompt', params)
io.write('refused: ' .. problem.message, '\n')

request('shutdown', empty)
sidecar.notify('exit', empty)
vim.wait(5000, function() return exit_code ~= nil end)
io.write('exit: ' .. tostring(exit_code), '\n')
